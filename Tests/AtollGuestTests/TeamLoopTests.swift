// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import AtollSystem
import Testing

@Suite(.timeLimit(.minutes(2)))
struct TeamLoopTests {
    static let schedules: [TeamSchedule] = [
        .static(), .static(chunk: 1), .static(chunk: 7), .static(chunk: 0), .dynamic(),
        .dynamic(chunk: 5), .dynamic(chunk: 10_000), .guided(), .guided(least: 9), .trapezoid(),
        .trapezoid(first: 20, last: 4), .trapezoid(first: 1, last: 50),
    ]

    /// Every iteration falls to one thread, once, and all are done when the loop is left.
    @Test(arguments: schedules)
    func eachIterationIsDoneOnce(schedule: TeamSchedule) throws {
        for (vms, threads) in [(1, 1), (2, 2), (3, 1), (2, 9)] {
            let job = try LocalJob(vms: vms, threadsPerVM: threads)
            try job.allWell { (me: inout TeamThread) throws(TeamError) in
                let done = try me.team.array("done", of: Int32.self, count: 1003)
                // More loops than there are descriptors.
                for round in 1...20 {
                    let count = round % 5 == 0 ? round : 1003
                    try me.parallelFor(-3..<(count - 3), schedule) { chunk in
                        precondition(!chunk.isEmpty)
                        for i in chunk { done[i + 3] += 1 }
                    }
                    for i in 0..<count where done[i] != Int32(round) {
                        throw .program(code: Int32(round))
                    }
                    try me.barrier()
                    if me.rank == 0 { for i in 0..<1003 { done[i] = Int32(round + 1) - 1 } }
                    try me.barrier()
                }
            }
        }
    }

    @Test func staticSharesAreKnownBeforehand() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let seen = Notes<[Int]>()
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            try me.parallelFor(0..<10, .static(chunk: 2)) { (me, chunk) in
                seen.add([me.rank, chunk.lowerBound, chunk.upperBound])
            }
        }
        let expected = [[0, 0, 2], [0, 8, 10], [1, 2, 4], [2, 4, 6], [3, 6, 8]]
        #expect(seen.all.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) } == expected)
    }

    /// One thread does nothing while the others do all: chunks go to whoever asks.
    @Test(arguments: [TeamSchedule.dynamic(), .guided(), .trapezoid()])
    func whoIsFreeTakesMore(schedule: TeamSchedule) throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let count = 100
            let done = try me.team.array("done", of: Int64.self, count: 2 * 8)
            try me.parallelFor(0..<count, schedule) { (me, chunk) throws(TeamError) in
                if me.rank == 0, done[0] == 0 {
                    // Holds its first chunk until the other has done all the rest.
                    done[0] = Int64(chunk.count)
                    let memory = me.team.region.memory
                    while done[8] < count - chunk.count { _ = memory.load(word: 0) }
                } else {
                    done[me.rank * 8] += Int64(chunk.count)
                }
            }
            guard done[0] + done[8] == count else { throw .program(code: 1) }
        }
    }

    /// Loops without a barrier overlap; a fast thread cannot use a descriptor that is not free.
    @Test func loopsWithoutABarrierOverlap() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let sums = try me.team.array("sums", of: Int64.self, count: 4 * 8)
            for round in 0..<500 {
                let schedule: TeamSchedule =
                    switch round % 3 {
                    case 0: .dynamic()
                    case 1: .guided()
                    default: .trapezoid()
                    }
                try me.parallelFor(0..<(round % 40), schedule, wait: false) { (me, chunk) in
                    sums[me.rank * 8] += Int64(chunk.count)
                }
                if round % 50 == me.rank { MonotonicClock.sleep(nanoseconds: 200_000) }
            }
            try me.barrier()
            let total = (0..<4).reduce(0) { $0 + sums[$1 * 8] }
            guard total == (0..<500).reduce(0, { $0 + $1 % 40 }) else { throw .program(code: 1) }
        }
    }

    /// A thread is held in a loop without a barrier: the others get as far ahead as there are
    /// descriptors, and no further.
    @Test func nobodyIsFurtherAheadThanTheRing() throws {
        let job = try LocalJob(vms: 1, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let ahead = try me.team.array("ahead", of: Int64.self, count: 1)
            let memory = me.team.region.memory
            if me.rank == 0 {
                while ahead[0] < 8 { _ = memory.load(word: 0) }
                // Had it been let in, it would be by now.
                MonotonicClock.sleep(nanoseconds: 20_000_000)
                if ahead[0] != 8 { throw .program(code: 1) }
            }
            for round in 0..<30 {
                try me.parallelFor(0..<1, .dynamic(), wait: false) { _ in }
                if me.rank == 1 { ahead[0] = Int64(round + 1) }
            }
        }
    }

    @Test(arguments: schedules)
    func orderedPartsComeInOrder(schedule: TeamSchedule) throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let seen = Notes<Int>()
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            for _ in 0..<3 {
                try me.parallelForOrdered(-5..<60, schedule) { (i, order) throws(TeamError) in
                    // Some without a turn of their own.
                    if i % 7 != 0 { try order.next { () throws(TeamError) in seen.add(i) } }
                }
            }
        }
        let once = (-5..<60).filter { $0 % 7 != 0 }
        #expect(seen.all == once + once + once)
    }

    @Test func aLoopCanHoldAllNumbersThereAre() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let seen = Notes<Range<Int>>()
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            try me.parallelFor(Int.min..<Int.max) { seen.add($0) }
            try me.parallelFor(Int.min..<Int.max, .dynamic(chunk: Int.max)) { seen.add($0) }
            try me.parallelFor((Int.max - 2)..<Int.max, .guided()) { seen.add($0) }
            try me.parallelFor(Int.min..<(Int.min + 1), .trapezoid()) { seen.add($0) }
        }
        #expect(
            seen.all.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
                == [
                    Int.min..<(Int.min + 1), Int.min..<(-1), Int.min..<0, -1..<(Int.max - 1),
                    0..<Int.max, (Int.max - 2)..<(Int.max - 1), (Int.max - 1)..<Int.max,
                    (Int.max - 1)..<Int.max,
                ])
    }

    @Test func anErrorInALoopEndsTheTeam() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let failures = try job.together { (me: inout TeamThread) throws(TeamError) in
            try me.parallelFor(0..<100, .dynamic()) { (chunk) throws(TeamError) in
                if chunk.contains(40) { throw .program(code: 7) }
            }
        }
        #expect(failures.contains(.program(code: 7)))
        #expect(!failures.contains(nil))
    }
}
