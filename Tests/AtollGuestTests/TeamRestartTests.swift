// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import AtollSystem
import Synchronization
import Testing

/// Loops that survive the loss of members.
@Suite(.timeLimit(.minutes(2)))
struct TeamRestartTests {
    /// What a lost thread throws, so that the others are not told by it.
    private static let gone = TeamError.sync(.draining)

    /// What those do who are left, after the loop: constructs of all kinds.
    private static func goOn(_ me: inout TeamThread, present: Int) throws(TeamError) {
        let count = try me.team.array("after", of: Int64.self, count: 1)
        guard me.presentSize == present, me.presentRank < present else {
            throw .program(code: 10)
        }
        guard try me.allReduce(Int64(1), .sum) == Int64(present) else { throw .program(code: 11) }
        guard try me.allReduce(1, { $0 + $1 }) == present else { throw .program(code: 12) }
        let places = try me.allReduce(Int64(1) << Int64(me.presentRank), .sum)
        guard places == Int64(1) << Int64(present) - 1 else { throw .program(code: 13) }
        let schedules: [TeamSchedule] = [
            .static(), .static(chunk: 3), .dynamic(), .guided(), .trapezoid(),
        ]
        for round in 0..<4 {
            for schedule in schedules {
                let done = try me.parallelReduce(
                    0..<100, 0, schedule, { $0.count }, combine: +)
                if done != 100 { throw .program(code: Int32(20 + round)) }
            }
            let sum = try me.parallelReduce(
                0..<1000, 0, order: .fixed, { $0.reduce(0, +) }, combine: +)
            if sum != 499_500 { throw .program(code: 14) }
        }
        let before = count[0]
        try me.barrier()
        try me.single { count[0] += 1 }
        guard count[0] == before + 1 else { throw .program(code: 15) }
        let value = try me.single(broadcasting: { 7 })
        guard value == 7 else { throw .program(code: 16) }
        _ = try me.critical("after") { _ in }
        try me.barrier()
    }

    /// The threads of VM 1 are lost one after the other, each in the middle of a chunk: the host says
    /// so when the last is gone.
    @Test(arguments: [(2, 1), (3, 2), (2, 5)])
    func theRestIsDoneByTheOthers(vms: Int, threads: Int) throws {
        let job = try LocalJob(vms: vms, threadsPerVM: threads)
        let left = Atomic(threads)
        let again = Notes<Int>()
        let slots = UInt64(1) << UInt64(LocalJob.slot(1))
        let failures = try job.together { (me: inout TeamThread) throws(TeamError) in
            let done = try me.team.array("done", of: Int64.self, count: 300)
            let begun = try me.team.array("begun", of: Int64.self, count: 300)
            // Left open by the lost, who never leave it.
            if me.vmRank != 1 {
                try me.parallelFor(0..<1, .dynamic(), wait: false) { _ in }
            } else {
                _ = try me.beginLoop(0..<1, .dynamic())
            }
            let lost = try me.parallelForRestartable(0..<300, chunk: 2) {
                (me, chunk) throws(TeamError) in
                // Nobody does the work of the others before these have begun.
                while me.vmRank != 1, left.load(ordering: .acquiring) > 0 {
                    MonotonicClock.sleep(nanoseconds: 100_000)
                }
                for i in chunk {
                    if begun[i] == 1 { again.add(i) }
                    begun[i] = 1
                    if me.vmRank == 1 {
                        if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
                            job.region.markLost(slot: LocalJob.slot(1))
                        }
                        throw Self.gone
                    }
                    done[i] = Int64(i * i)
                }
            }
            guard lost == slots else { throw .program(code: 1) }
            for i in 0..<300 where done[i] != Int64(i * i) { throw .program(code: 2) }
            try Self.goOn(&me, present: me.size - me.threadsPerVM)
            // Nobody is lost any more.
            let more = try me.parallelForRestartable(0..<10) { _, _ in }
            guard more == 0 else { throw .program(code: 3) }
            try Self.goOn(&me, present: me.size - me.threadsPerVM)
        }
        #expect(failures == (0..<vms).map { $0 == 1 ? Self.gone : nil })
        #expect(again.all.count == threads)
    }

    @Test func aLossAfterAnotherIsSurvivedToo() throws {
        let job = try LocalJob(vms: 3, threadsPerVM: 1)
        let failures = try job.together { (me: inout TeamThread) throws(TeamError) in
            for victim in [2, 0] {
                let done = try me.team.array("done", of: Int64.self, count: 40)
                let lost = try me.parallelForRestartable(0..<40) { (me, chunk) throws(TeamError) in
                    if me.vmRank == victim {
                        job.region.markLost(slot: LocalJob.slot(victim))
                        throw Self.gone
                    }
                    let region = job.region
                    while region.isAlive(slot: LocalJob.slot(victim), incarnation: 7) {
                        MonotonicClock.sleep(nanoseconds: 100_000)
                    }
                    for i in chunk { done[i] = Int64(victim) }
                }
                guard lost == 1 << UInt64(LocalJob.slot(victim)) else { throw .program(code: 1) }
                for i in 0..<40 where done[i] != Int64(victim) { throw .program(code: 2) }
                try me.barrier()
            }
            guard me.presentSize == 1, me.presentRank == 0 else { throw .program(code: 3) }
        }
        #expect(failures == [Self.gone, nil, Self.gone])
    }

    @Test func aLossOutsideEndsTheTeam() throws {
        let job = try LocalJob(vms: 3, threadsPerVM: 1)
        let failures = try job.together { (me: inout TeamThread) throws(TeamError) in
            try me.parallelForRestartable(0..<10) { _, _ in }
            if me.vmRank == 1 {
                job.region.markLost(slot: LocalJob.slot(1))
                throw Self.gone
            }
            try me.barrier()
        }
        let lost = TeamError.sync(.memberLost(slots: 1 << UInt64(LocalJob.slot(1))))
        #expect(failures == [lost, Self.gone, lost])
    }

    /// A thread that a loss drives out of the loop is not waited for by those who go on.
    @Test func whoLeavesTheLoopEndsTheTeam() throws {
        let job = try LocalJob(vms: 3, threadsPerVM: 1)
        let lost = TeamError.sync(.memberLost(slots: 1 << UInt64(LocalJob.slot(2))))
        let failures = try job.together { (me: inout TeamThread) throws(TeamError) in
            try me.parallelForRestartable(0..<3) { (me, chunk) throws(TeamError) in
                switch me.vmRank {
                case 0:
                    while job.region.isAlive(slot: LocalJob.slot(2), incarnation: 7) {
                        Processor.yield()
                    }
                case 1: throw lost
                default:
                    job.region.markLost(slot: LocalJob.slot(2))
                    throw Self.gone
                }
            }
        }
        #expect(failures == [.sync(.peerFailed(rank: 1)), lost, Self.gone])
    }

    /// Who has the lock goes on, whoever else is lost: the wait for it makes sense.
    @Test func aLossEndsNoWaitForALockInTheLoop() throws {
        let job = try LocalJob(vms: 3, threadsPerVM: 1)
        let victim = LocalJob.slot(2)
        let failures = try job.together { (me: inout TeamThread) throws(TeamError) in
            let lock = try me.team.lock("lock")
            var holds = me.vmRank == 0
            if holds { _ = try me.lock(lock) }
            try me.barrier()
            try me.parallelForRestartable(0..<3) { (me, _) throws(TeamError) in
                switch me.vmRank {
                case 0:
                    while job.region.isAlive(slot: victim, incarnation: 7) { Processor.yield() }
                    // Long enough for a wait to look at more than the lock.
                    MonotonicClock.sleep(nanoseconds: 20_000_000)
                    if holds { try me.unlock(lock) }
                    holds = false
                case 1:
                    guard try me.lock(lock) == .clean else { throw .program(code: 1) }
                    try me.unlock(lock)
                default:
                    job.region.markLost(slot: victim)
                    throw Self.gone
                }
            }
        }
        #expect(failures == [nil, nil, Self.gone])
    }

    /// As processes, of which one is killed in the middle of a chunk.
    @Test(arguments: [1, 2])
    func theOthersFinishWhatAKilledProcessHad(threads: Int) throws {
        let job = try LocalJob(vms: 3, threadsPerVM: threads)
        let program = "atoll-team-probe"
        let victim = try job.start(rank: 2, program, ["restart", "600"], ["PROBE_VICTIM": "1"])
        #expect(victim.line() == "joined")
        #expect(victim.line() == "in a chunk")
        let children = try [0, 1].map { try job.start(rank: $0, program, ["restart", "600"]) }
        for child in children { #expect(child.line() == "joined") }
        victim.killAndWait()
        job.region.markLost(slot: LocalJob.slot(2))
        for child in children {
            let left = threads * 2
            #expect(child.finish() == (["lost 1 wrong 0 present \(left) sum 179700", "done"], 0))
        }
    }

    @Test func aChunkIsTakenOnce() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let done = try me.team.array("done", of: Int64.self, count: 2100)
            for round in 1...20 {
                let count = [0, 1, 5, 2100][round % 4]
                try me.parallelForRestartable(0..<count, chunk: round % 3) { (_, chunk) in
                    for i in chunk { done[i] += 1 }
                }
                for i in 0..<count where done[i] != 1 { throw .program(code: Int32(round)) }
                try me.barrier()
                try me.single { for i in 0..<count { done[i] = 0 } }
            }
        }
    }
}
