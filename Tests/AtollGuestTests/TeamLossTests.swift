// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import AtollSystem
import Testing

/// What the others see when a part of the team fails. A hang would be ended by the watchdog of
/// ``LocalJob``.
@Suite(.timeLimit(.minutes(2)))
struct TeamLossTests {
    private let lost = TeamError.sync(.memberLost(slots: 1 << UInt64(LocalJob.slot(1))))

    /// Runs VM 0's part; `then` is called when its thread is about to wait.
    private func alone(
        _ job: LocalJob, threads: Int = 1, then: @escaping @Sendable () -> Void,
        _ body: @escaping @Sendable (inout TeamThread) throws(TeamError) -> Void
    ) throws -> TeamError? {
        let team = try Team(job.environment(rank: 0))
        let failures = try ThreadGroup.run(2) { index -> TeamError? in
            if index == 1 {
                MonotonicClock.sleep(nanoseconds: 20_000_000)
                then()
                return nil
            }
            do throws(TeamError) {
                try team.run(body)
                return nil
            } catch { return error }
        }
        return failures[0]
    }

    @Test func aBarrierEndsWhenAMemberIsLost() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let failure = try alone(
            job, then: { job.region.markLost(slot: LocalJob.slot(1)) },
            { (me: inout TeamThread) throws(TeamError) in try me.barrier() })
        #expect(failure == lost)
    }

    @Test func aReductionEndsWhenAMemberIsLost() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let failure = try alone(
            job, then: { job.region.markLost(slot: LocalJob.slot(1)) },
            { (me: inout TeamThread) throws(TeamError) in _ = try me.allReduce(1.0, .sum) })
        #expect(failure == lost)
    }

    @Test func aLockEndsWhenAMemberIsLostThatDoesNotHoldIt() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let failure = try alone(
            job, then: { job.region.markLost(slot: LocalJob.slot(1)) },
            { (me: inout TeamThread) throws(TeamError) in
                let lock = try me.team.lock("l")
                if me.rank == 0 {
                    _ = try me.lock(lock)
                    try me.barrier()
                } else {
                    while try me.tryLock(lock) != nil { try me.unlock(lock) }
                    _ = try me.lock(lock)
                }
            })
        #expect(failure == lost)
    }

    @Test func anotherBootOfTheMemberIsALoss() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let failure = try alone(
            job,
            then: {
                job.region.assign(
                    slot: LocalJob.slot(1), vm: UUID128(high: 5, low: 1),
                    incarnation: LocalJob.incarnation + 1, name: [])
            },
            { (me: inout TeamThread) throws(TeamError) in try me.barrier() })
        #expect(failure == lost)
    }

    @Test func aMemberThatTakesNoPartMayGo() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let stranger = LocalJob.slot(2)
        job.region.assign(
            slot: stranger, vm: UUID128(high: 5, low: 9), incarnation: 1, name: [])
        let other = try Team(job.environment(rank: 1))
        let failure = try alone(
            job,
            then: {
                job.region.markLost(slot: stranger)
                MonotonicClock.sleep(nanoseconds: 20_000_000)
                try? other.run { _ in }
            }, { _ in })
        #expect(failure == nil)
    }

    @Test func aBarrierEndsWhenAProcessHasEnded() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let board = job.launch.board
        let ticket = job.launch.ticket
        let failure = try alone(
            job,
            then: {
                _ = board.advance(ticket, rank: 1, from: .wanted, to: .running)
                _ = board.advance(ticket, rank: 1, from: .running, to: .exited)
            },
            { (me: inout TeamThread) throws(TeamError) in try me.barrier() })
        #expect(failure == lost)
    }

    @Test func waitsEndWhenTheRegionDrains() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let failure = try alone(
            job, then: { job.region.setDraining(true) },
            { (me: inout TeamThread) throws(TeamError) in try me.barrier() })
        #expect(failure == .sync(.draining))
    }

    @Test func whoFailsTakesTheOthersAlong() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let teams = try (0..<2).map { try Team(job.environment(rank: $0)) }
        let failures = try ThreadGroup.run(2) { rank -> TeamError? in
            do throws(TeamError) {
                try teams[rank].run { (me: inout TeamThread) throws(TeamError) in
                    if me.rank == 3 { throw .program(code: 42) }
                    try me.barrier()
                }
                return nil
            } catch { return error }
        }
        #expect(failures == [.sync(.peerFailed(rank: 3)), .program(code: 42)])
        // And so it stays.
        #expect(throws: TeamError.self) { try teams[0].run { _ in } }
    }
}
