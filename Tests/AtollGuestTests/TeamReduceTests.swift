// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import Testing

/// Not commutative: the order of ranks shows.
private struct Affine: BitwiseCopyable, Equatable {
    var factor: Int64
    var term: Int64

    func then(_ next: Affine) -> Affine {
        Affine(factor: factor &* next.factor, term: term &* next.factor &+ next.term)
    }
}

private struct Large: BitwiseCopyable {
    var words = InlineArray<8, Int64>(repeating: 0)
}

private func check<T: Equatable>(_ found: T, _ expected: T) throws(TeamError) {
    if found != expected { throw .program(code: 1) }
}

@Suite(.timeLimit(.minutes(2)))
struct TeamReduceTests {
    @Test func allKindsOfReductions() throws {
        let job = try LocalJob(vms: 3, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let r: Int = me.rank
            let bit = UInt32(1) << UInt32(r)
            let allButOne: Int = ~(1 << r)
            try check(me.allReduce(Int64(r + 1), .product), 720)
            try check(me.allReduce(Double(r + 1), .product), 720)
            try check(me.allReduce(Int32(r - 3), .minimum), -3)
            try check(me.allReduce(Float(r), .maximum), 5)
            try check(me.allReduce(UInt64.max - UInt64(r), .maximum), UInt64.max)
            try check(me.allReduce(bit, BitReduction.or), 63)
            try check(me.allReduce(allButOne, BitReduction.and), ~63)
            try check(me.allReduce(UInt(r), .exclusiveOr), 1)
            try check(me.allReduce(Int32(-1), .sum), -6)
        }
    }

    @Test func anybodysMonoidInOrderOfRank() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 3)
        let parts = (0..<6).map { (i: Int64) -> Affine in Affine(factor: i + 2, term: i * i + 1) }
        let expected = parts.dropFirst().reduce(parts[0]) { $0.then($1) }
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            for _ in 0..<100 {
                let all = try me.allReduce(parts[me.rank]) { $0.then($1) }
                if all != expected { throw .program(code: 1) }
            }
            var mine = Large()
            for i in 0..<8 { mine.words[i] = Int64(me.rank * i) }
            let most = try me.allReduce(mine) { a, b in
                var sum = Large()
                for i in 0..<8 { sum.words[i] = a.words[i] + b.words[i] }
                return sum
            }
            for i in 0..<8 where most.words[i] != Int64(15 * i) { throw .program(code: 2) }
        }
    }

    @Test func arraysByElement() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let table = try me.team.array("table", of: Double.self, count: 4 * 101)
            let sum = try me.team.array("sum", of: Double.self, count: 101)
            for i in 0..<101 { table[me.rank * 101 + i] = Double(me.rank * i) }
            try me.allReduce(rowsOf: table, into: sum) { $0 + $1 }
            for i in 0..<101 where sum[i] != Double(6 * i) { throw .program(code: 1) }
        }
    }

    @Test func broadcastsFollowEachOther() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            for round in 0..<300 {
                let value = Affine(factor: Int64(me.rank), term: Int64(round))
                let got = try me.broadcast(value, from: round % 4)
                let expected = Affine(factor: Int64(round % 4), term: Int64(round))
                if got != expected { throw .program(code: 1) }
            }
        }
    }

    /// 1/1 + 1/2 + ..., whose sum depends on the order in each bit.
    private func harmonic(_ range: Range<Int>) -> Double {
        range.reduce(0) { $0 + 1 / Double($1 + 1) }
    }

    @Test(arguments: [0, 1, 255, 256, 257, 10_007])
    func aFixedOrderGivesTheSameBitsWhateverTheTeam(count: Int) throws {
        // By hand: parts that differ by one at most, the larger ones first.
        let parts = min(count, 256)
        var total = 0.0
        var start = 0
        for part in 0..<parts {
            let size = count / parts + (part < count % parts ? 1 : 0)
            total += harmonic(start..<(start + size))
            start += size
        }
        let expected = total
        for (vms, threads) in [(1, 1), (1, 3), (2, 2), (5, 1)] {
            let job = try LocalJob(vms: vms, threadsPerVM: threads)
            try job.allWell { (me: inout TeamThread) throws(TeamError) in
                for _ in 0..<5 {
                    let sum = try me.parallelReduce(
                        0..<count, 0.0, order: .fixed, { self.harmonic($0) }, combine: +)
                    if sum.bitPattern != expected.bitPattern { throw .program(code: 1) }
                }
            }
        }
    }

    @Test(arguments: TeamLoopTests.schedules)
    func sumsOverRanges(schedule: TeamSchedule) throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            for count in [0, 1, 1000] {
                let sum = try me.parallelReduce(
                    0..<count, 0, schedule, { $0.reduce(0, +) }, combine: +)
                if sum != count * (count - 1) / 2 { throw .program(code: 1) }
            }
        }
    }
}
