// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import Testing

/// The same over processes, which are killed.
@Suite(.timeLimit(.minutes(2)))
struct TeamProcessTests {
    private let probe = "atoll-team-probe"

    @Test func processesPassBarriersTogether() throws {
        let job = try LocalJob(vms: 3, threadsPerVM: 2)
        let children = try (0..<3).map { try job.start(rank: $0, probe, ["barriers", "300"]) }
        for child in children { #expect(child.finish() == (["passed", "done"], 0)) }
    }

    @Test func processesCountUnderALock() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let children = try (0..<2).map { try job.start(rank: $0, probe, ["count", "3000"]) }
        for child in children { #expect(child.finish() == (["12000 12000"], 0)) }
    }

    /// The host says that the VM is gone after its process is.
    private func lose(_ child: Child, _ rank: Int, of job: LocalJob) {
        child.killAndWait()
        job.region.markLost(slot: LocalJob.slot(rank))
    }

    @Test func aKilledProcessEndsTheOthersBarriers() throws {
        let job = try LocalJob(vms: 3, threadsPerVM: 1)
        let children = try [0, 1].map { try job.start(rank: $0, probe, ["barriers", "100000000"]) }
        let victim = try job.start(rank: 2, probe, ["barriers", "100"])
        // It has passed its barriers: the others are on their way, too.
        #expect(victim.line() == "passed")
        lose(victim, 2, of: job)
        for child in children {
            #expect(child.finish() == (["error: lost, by slot: \(LocalJob.slot(2))"], 1))
        }
    }

    @Test func whoFollowsAKilledHolderIsTold() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let holder = try job.start(rank: 1, probe, ["hold-lock"])
        #expect(holder.line() == "held")
        let team = try Team(job.environment(rank: 0))
        let lock = try team.lock("probe")
        let data = try team.array("probe", of: Int64.self, count: 2)
        #expect([data[0], data[1]] == [1, 0])
        let thread = TeamThreads(team)
        #expect(try thread.tryLock(lock) == nil)
        // Dead, but the host has not said so: nobody may take it for granted.
        holder.killAndWait()
        #expect(try thread.tryLock(lock) == nil)
        job.region.markLost(slot: LocalJob.slot(1))
        #expect(try thread.lockRepairAndUnlock(lock) { data[0] = 0 } == .ownerDied)
        #expect(try thread.tryLock(lock) == .clean)
    }

    @Test func aKernelKnowsItsOwnDead() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let holder = try job.start(rank: 1, probe, ["hold-lock"])
        #expect(holder.line() == "held")
        // A process of the same member: its VM lives, so the host has nothing to say.
        let team = try Team(job.environment(rank: 1))
        let lock = try team.lock("probe")
        let thread = TeamThreads(team)
        #expect(try thread.tryLock(lock) == nil)
        holder.killAndWait()
        #expect(try thread.lockRepairAndUnlock(lock) {} == .ownerDied)
    }
}
