// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Testing

struct BarrierTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let vms: Int
        let perVM: Int
        let algorithm: BarrierAlgorithm
        let rounds: Int
        var testDescription: String { "\(vms) VMs of \(perVM), \(algorithm)" }

        static let all: [Shape] = [BarrierAlgorithm.central, .dissemination].flatMap {
            [
                Shape(vms: 1, perVM: 1, algorithm: $0, rounds: 200),
                Shape(vms: 2, perVM: 1, algorithm: $0, rounds: 1000),
                Shape(vms: 1, perVM: 2, algorithm: $0, rounds: 1000),
                Shape(vms: 3, perVM: 1, algorithm: $0, rounds: 200),
                Shape(vms: 2, perVM: 2, algorithm: $0, rounds: 50),
                Shape(vms: 3, perVM: 3, algorithm: $0, rounds: 50),
                Shape(vms: 5, perVM: 4, algorithm: $0, rounds: 30),
            ]
        }
    }

    /// Every thread writes plainly before the barrier and reads all others plainly after it.
    @Test(arguments: Shape.all)
    func allSeeWhatAllWroteBefore(shape: Shape) throws {
        let barrier = try TestBarrier(vms: shape.vms, perVM: shape.perVM, shape.algorithm)
        let failures = try ThreadGroup.run(barrier.size) { rank -> String? in
            var seat = BarrierSeat()
            for round in 1...shape.rounds {
                barrier.memory.store64(UInt64(round), at: barrier.data(rank))
                do throws(SyncError) {
                    try barrier.wait(rank, &seat)
                    for other in 0..<barrier.size
                    where barrier.memory.load64(barrier.data(other)) != UInt64(round) {
                        return "thread \(other) was not there in round \(round)"
                    }
                    // Nobody writes the next round's value while another still reads.
                    let token = try barrier.arrive(rank, &seat)
                    var waiter = Patience()
                    try barrier.with(rank) { barrier throws(SyncError) in
                        try barrier.wait(token, &seat, &waiter)
                    }
                } catch { return "\(error) in round \(round)" }
            }
            return seat.round == UInt64(2 * shape.rounds) ? nil : "lost count: \(seat.round)"
        }
        #expect(failures == Array(repeating: nil, count: barrier.size))
        let figures = try #require(SyncFigures(barrier.memory, at: 0))
        #expect(figures.acquisitions == UInt64(2 * shape.rounds))
    }

    @Test(arguments: Shape.all)
    func oneActsBeforeTheOthersGo(shape: Shape) throws {
        let barrier = try TestBarrier(vms: shape.vms, perVM: shape.perVM, shape.algorithm)
        let rounds = shape.rounds / 2
        let wrong = try ThreadGroup.run(barrier.size) { rank -> Int in
            var seat = BarrierSeat()
            var waiter = Patience()
            let memory = barrier.memory
            var wrong = 0
            for round in 1...rounds {
                let total: UInt64? = try? barrier.with(rank) { barrier throws(SyncError) in
                    // A plain word: only the barrier orders these accesses.
                    try barrier.wait(&seat, &waiter) {
                        memory.store64(memory.load64(shape.word) + 1, at: shape.word)
                    }
                    let seen = memory.load64(shape.word)
                    try barrier.wait(&seat, &waiter)
                    return seen
                }
                if total != UInt64(round) { wrong += 1 }
            }
            return wrong
        }
        #expect(wrong.allSatisfy { $0 == 0 })
    }

    /// The same bits whatever the number of VMs, where the order is asked for.
    @Test(arguments: [BarrierAlgorithm.central, .dissemination], [true, false])
    func allGetTheSameSum(algorithm: BarrierAlgorithm, inOrder: Bool) throws {
        let values = (0..<12).map { 1 / Double($0 + 3) }
        var results: Set<UInt64> = []
        for (vms, perVM) in [(1, 12), (12, 1), (3, 4), (4, 3), (2, 6)] {
            let barrier = try TestBarrier(vms: vms, perVM: perVM, algorithm)
            let sums = try ThreadGroup.run(12) { rank -> [Double] in
                var seat = BarrierSeat()
                return (0..<40).map { round in
                    let value = values[rank] * Double(1 << (round % 8))
                    let sum = try? barrier.sum(value, rank, inOrder: inOrder, &seat)
                    return (sum ?? .nan) / Double(1 << (round % 8))
                }
            }
            for sum in sums.joined() {
                #expect(abs(sum - values.reduce(0, +)) < 1e-12)
                if inOrder { results.insert(sum.bitPattern) }
            }
            #expect(Set(sums).count == 1)
        }
        if inOrder { #expect(results == [values.reduce(0, +).bitPattern]) }
    }

    @Test(arguments: [2, 5, 8])
    func twoGetTheirSums(size: Int) throws {
        for algorithm in [BarrierAlgorithm.central, .dissemination] {
            let barrier = try TestBarrier(vms: size, perVM: 1, algorithm)
            let sums = try ThreadGroup.run(size) { rank -> [Double] in
                var seat = BarrierSeat()
                return (0..<500).map {
                    let value = Double(rank + 1) * Double($0)
                    return (try? barrier.sum(value, rank, inOrder: true, &seat)) ?? .nan
                }
            }
            let all = Double(size * (size + 1) / 2)
            #expect(sums.allSatisfy { $0 == (0..<500).map { all * Double($0) } })
        }
    }

    @Test func oneWithoutASeatIsRefusedAndDisturbsNobody() throws {
        let barrier = try TestBarrier(vms: 2, perVM: 1, .central)
        var first = BarrierSeat()
        var second = BarrierSeat()
        var third = BarrierSeat()
        func pass() throws {
            _ = try barrier.arrive(0, &first)
            try barrier.wait(1, &second)
            try barrier.wait(0, &first)
        }
        try pass()
        #expect(throws: SyncError.tooManyArrivals(size: 2)) {
            try barrier.wait(0, &third, Impatience())
        }
        #expect(third.round == 0)
        try pass()
        #expect(first.round == 2)
        #expect(second.round == 2)
    }

    /// A wait can end, and be taken up again, without a second arrival.
    @Test(arguments: [BarrierAlgorithm.central, .dissemination])
    func aWaitThatEndedGoesOn(algorithm: BarrierAlgorithm) throws {
        let barrier = try TestBarrier(vms: 3, perVM: 1, algorithm)
        var seats = [BarrierSeat](repeating: BarrierSeat(), count: 3)
        for round in 1...5 {
            for _ in 0..<4 {
                for rank in 0..<2 {
                    #expect(throws: SyncError.timedOut) {
                        try barrier.wait(rank, &seats[rank], Impatience())
                    }
                }
            }
            _ = try barrier.arrive(2, &seats[2])
            var passed: Set<Int> = []
            // Each step of one may wait for a step of another.
            for _ in 0..<8 {
                for rank in 0..<3 where !passed.contains(rank) {
                    do throws(SyncError) {
                        try barrier.wait(rank, &seats[rank], Impatience())
                        passed.insert(rank)
                    } catch { #expect(error == .timedOut) }
                }
            }
            #expect(passed.count == 3)
            #expect(seats.allSatisfy { $0.round == UInt64(round) })
        }
    }

    @Test(arguments: [BarrierAlgorithm.central, .dissemination])
    func whoGoesLeavesTheSeat(algorithm: BarrierAlgorithm) throws {
        let barrier = try TestBarrier(vms: 2, perVM: 1, algorithm)
        for life in 1...4 {
            let rounds = try ThreadGroup.run(2) { rank -> UInt64? in
                var seat = (try? barrier.with(rank) { $0.takeSeat() }) ?? BarrierSeat()
                for _ in 0..<3 { try? barrier.wait(rank, &seat) }
                try? barrier.with(rank) { $0.leaveSeat(seat) }
                return seat.round
            }
            #expect(rounds == [UInt64(3 * life), UInt64(3 * life)])
        }
    }

    @Test func aSizeOutOfBoundsStopsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            _ = try TestBarrier(vms: 1, perVM: 4097, .central).with(0) { $0.place }
        }
        await #expect(processExitsWith: .failure) {
            _ = try TestBarrier(vms: 65, perVM: 1, .central).with(0) { $0.place }
        }
        await #expect(processExitsWith: .success) {
            _ = try TestBarrier(vms: 64, perVM: 64, .central).with(0) { $0.place }
        }
    }
}

extension BarrierTests.Shape {
    /// Behind the barrier and the threads' words.
    var word: Int { BarrierLayout(vms: vms, size: vms * perVM).thread(vms * perVM) + 8 }
}
