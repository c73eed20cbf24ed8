// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Synchronization
import Testing

@testable import AtollGuest

@Suite(.timeLimit(.minutes(2)))
struct TeamWaitTests {
    private func limits(
        _ change: (inout TeamOptions) -> Void, threads: Int = 1, cpus: Int = 2
    ) throws -> SpinLimits {
        var options = try TeamOptions()
        change(&options)
        return SpinLimits(options, threads: threads, cpus: cpus)
    }

    @Test func theUserSaysHowLongAWaitSpins() throws {
        #expect(try limits { $0.spin = 0 }.pauses == 0)
        #expect(try limits { $0.waitPolicy = .passive }.pauses == 0)
        #expect(try limits { $0.waitPolicy = .passive }.yielding < 10_000)
        #expect(try limits({ $0.waitPolicy = .active }, threads: 1).pauses > 0)
        // His number counts, whatever else he says.
        let much = try limits {
            $0.spin = 1000
            $0.waitPolicy = .passive
        }
        #expect(much.pauses > 0)
        // Spinning and yielding together stay within a millisecond.
        #expect(much.yielding == 0)
    }

    @Test func moreThreadsThanCPUsDoNotSpin() throws {
        #expect(try limits({ _ in }, threads: 2, cpus: 2).pauses > 0)
        #expect(try limits({ _ in }, threads: 3, cpus: 2).pauses == 0)
        // Where nobody knows the CPUs.
        #expect(try limits({ _ in }, threads: 3, cpus: 0).pauses > 0)
    }

    @Test func spinningThatDoesNotHelpIsGivenUp() throws {
        var spin = SpinBudget(try limits { $0.waitPolicy = .active })
        let full = spin.pauses
        var sum: Int64 = 0
        for _ in 0..<10_000 {
            spin.miss()
            sum += Int64(spin.pauses)
        }
        // Tried again now and then, ever more rarely.
        #expect(sum > Int64(full) && sum < 12 * Int64(full))
        spin.hit()
        #expect(spin.pauses == full)
    }

    @Test(arguments: TeamOption.allCases)
    func optionsMustMakeSense(option: TeamOption) throws {
        let job = try LocalJob(vms: 1, threadsPerVM: 1)
        for value in ["", "x", "-1", "1001"] {
            let child = try job.start(
                rank: 0, "atoll-team-probe", ["leave-early"], [option.name: value])
            let (lines, status) = child.finish()
            #expect(status == 1)
            #expect(lines.first?.hasPrefix("error: \(option.name) makes no sense") == true)
        }
        let good = [
            TeamOption.spin: "17", .waitPolicy: "passive", .pin: "compact", .barrier: "auto",
            .bell: "off",
        ]
        let child = try job.start(
            rank: 0, "atoll-team-probe", ["leave-early"], [option.name: try #require(good[option])])
        #expect(child.finish() == (["joined"], 0))
    }

    /// A thread that waits for long says for what; when the wait is over, it no longer does.
    @Test func aLongWaitIsSeen() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let teams = try (0..<2).map { try Team(job.environment(rank: $0)) }
        let block = teams[0].block
        let line = { @Sendable in TeamThreadLine(job.region.memory, at: block.thread(0)) }
        let seen = Mutex<(barrier: TeamThreadLine?, lock: TeamThreadLine?)>((nil, nil))
        let failures = try ThreadGroup.run(2) { rank -> TeamError? in
            do throws(TeamError) {
                try teams[rank].run { (me: inout TeamThread) throws(TeamError) in
                    let lock = try me.team.lock("l")
                    if me.rank == 1 {
                        while line().waiting == 0 {}
                        seen.withLock { $0.barrier = line() }
                        try me.barrier()
                        _ = try me.lock(lock)
                        try me.barrier()
                        while line().waitingOn != UInt64(lock.offset) || line().waiting == 0 {}
                        seen.withLock { $0.lock = line() }
                        try me.unlock(lock)
                    } else {
                        try me.barrier()
                        try me.barrier()
                        _ = try me.lock(lock)
                        try me.unlock(lock)
                        if line().waitingOn != 0 { throw .program(code: 1) }
                    }
                }
                return nil
            } catch { return error }
        }
        #expect(failures == [nil, nil])
        let (barrier, lock) = seen.withLock { $0 }
        #expect(barrier?.waitingOn == UInt64(block.offset))
        #expect(barrier?.waitingKind == UInt64(ObjectKind.team.rawValue))
        #expect(barrier?.owner != 0)
        #expect(lock?.waitingKind == UInt64(ObjectKind.lock.rawValue))
        #expect((lock?.waits ?? 0) >= 1 && (lock?.waited ?? 0) > 0)
        let after = line()
        #expect(after.owner == 0 && after.waitingOn == 0 && after.waits >= 2)
    }

    @Test func aTimedWaitEnds() throws {
        let job = try LocalJob(vms: 1, threadsPerVM: 1)
        let team = try Team(job.environment(rank: 0))
        let place = TeamPlace(team, team.block, rank: 0)
        for timeout: UInt64 in [0, 1, 3_000_000] {
            var waiter = TeamWaiter(place, for: .somebody, pauses: 1000, timeout: timeout)
            let start = MonotonicClock.now()
            #expect(throws: SyncError.timedOut) { while true { try waiter.wait() } }
            #expect(MonotonicClock.now() - start >= timeout)
            #expect(waiter.waited >= timeout)
        }
    }

    @Test func threadsKeepToTheirCPUs() throws {
        func places(_ pin: TeamOptions.Pin, _ threads: Int, _ vms: Int, _ count: Int) -> [Int] {
            (0..<(threads * vms)).map {
                TeamCPUs.place($0, pin, threadsPerVM: threads, of: count)
            }
        }
        #expect(places(.compact, 3, 1, 4) == [0, 1, 2])
        #expect(places(.compact, 3, 1, 2) == [0, 1, 0])
        #expect(places(.spread, 2, 1, 8) == [0, 4])
        #expect(places(.spread, 4, 1, 4) == [0, 1, 2, 3])
        // Two processes of one kernel: the second takes what the first has left.
        #expect(places(.spread, 1, 2, 2) == [0, 1])
        #expect(places(.spread, 2, 2, 8) == [0, 4, 1, 5])
        #expect(places(.compact, 1, 2, 2) == [0, 1])
    }

    /// Who makes the team decides how all meet; work of all kinds goes on by either.
    @Test(arguments: ["central", "dissemination", "auto"])
    func theUserSaysHowThreadsMeet(algorithm: String) throws {
        var options = try TeamOptions()
        #expect(options.barrier(size: 4, threadsPerVM: 2, cpus: 2) == .suggested(size: 4))
        options.pin = .compact
        #expect(options.barrier(size: 4, threadsPerVM: 2, cpus: 2) == .dissemination)
        #expect(options.barrier(size: 6, threadsPerVM: 3, cpus: 2) == .suggested(size: 6))
        options.barrier = .central
        #expect(options.barrier(size: 4, threadsPerVM: 2, cpus: 2) == .central)

        let job = try LocalJob(vms: 3, threadsPerVM: 1)
        let first = try job.start(
            rank: 0, "atoll-team-probe", ["barriers", "50"], ["ATOLL_BARRIER": algorithm])
        let others = try (1..<3).map {
            try job.start(rank: $0, "atoll-team-probe", ["barriers", "50"], [:])
        }
        for child in [first] + others { #expect(child.finish() == (["passed", "done"], 0)) }
        let block = try #require(job.region.objects.first { $0.kind == .team })
        let found = TeamHead(job.region.memory, at: block.offset)?.barrier
        // The first to come, whoever that is, has made it.
        if algorithm == "central" || algorithm == "auto" { #expect(found == 0) }
        let both = try job.start(
            rank: 0, "atoll-team-probe", ["leave-early"], ["ATOLL_BARRIER": "dissemination"])
        #expect(both.finish() == (["joined"], 0))
        #expect(TeamHead(job.region.memory, at: block.offset)?.barrier == found)
    }

    @Test func affinityIsSetAndGivenBack() throws {
        let results = try ThreadGroup.run(2) { index -> [[Int]] in
            // Not the test's own thread.
            guard index == 1, let all = try? Affinity.allowed() else { return [] }
            let one = [all[all.count - 1]]
            try? Affinity.set(one)
            let pinned = (try? Affinity.allowed()) ?? []
            try? Affinity.set(all)
            return [all, one, pinned, (try? Affinity.allowed()) ?? []]
        }[1]
        #expect(!results[0].isEmpty)
        #expect(results[2] == results[1])
        #expect(results[3] == results[0])
        #expect(throws: Errno.invalidArgument) { try Affinity.set([]) }
    }
}
