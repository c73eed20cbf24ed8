// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import AtollSystem
import Synchronization
import Testing

/// Two teams of one process, each with a mapping of its own, stand for two VMs.
@Suite(.timeLimit(.minutes(2)))
struct TeamTests {
    private func together(
        _ job: LocalJob,
        _ body: @escaping @Sendable (inout TeamThread) throws(TeamError) -> Void
    ) throws -> [TeamError?] {
        let teams = try (0..<job.vms).map { try Team(job.environment(rank: $0)) }
        return try ThreadGroup.run(job.vms) { rank in
            do throws(TeamError) {
                try teams[rank].run(body)
                return nil
            } catch { return error }
        }
    }

    @Test(arguments: [(1, 1), (1, 4), (2, 2), (3, 2), (5, 3)])
    func ranksAreCountedVMByVM(vms: Int, threads: Int) throws {
        let job = try LocalJob(vms: vms, threadsPerVM: threads)
        let seen = Mutex<[[Int]]>([])
        let failures = try together(job) { me in
            seen.withLock {
                $0.append([me.rank, me.vmRank, me.threadInVM, me.size, me.vms, me.threadsPerVM])
            }
        }
        #expect(failures == Array(repeating: nil, count: vms))
        let expected = (0..<(vms * threads)).map {
            [$0, $0 / threads, $0 % threads, vms * threads, vms, threads]
        }
        #expect(seen.withLock { $0.sorted { $0[0] < $1[0] } } == expected)
    }

    @Test func runsFollowEachOther() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 3)
        let teams = try (0..<2).map { try Team(job.environment(rank: $0)) }
        let total = try teams[0].array("total", of: Int64.self, count: 1)
        for round in 1...20 {
            let failures = try ThreadGroup.run(2) { rank -> TeamError? in
                do throws(TeamError) {
                    try teams[rank].run { (me: inout TeamThread) throws(TeamError) in
                        for _ in 0..<round { try me.barrier() }
                        let sum = try me.allReduce(Int64(me.rank), .sum)
                        if me.rank == 5 { total[0] += sum }
                    }
                    return nil
                } catch { return error }
            }
            #expect(failures == [nil, nil])
            // What was written in a run is seen when it has ended.
            #expect(total[0] == Int64(15 * round))
        }
    }

    @Test func reductionsGiveTheSameBitsEverywhere() throws {
        let job = try LocalJob(vms: 3, threadsPerVM: 2)
        // In order of rank this is (((((1 + 1e16) + 1) + 1) - 1e16) + 3).
        let values = [1.0, 1e16, 1, 1, -1e16, 3]
        let expected = values.dropFirst().reduce(values[0], +)
        let failures = try together(job) { (me: inout TeamThread) throws(TeamError) in
            for round in 0..<300 {
                let sum = try me.allReduce(values[me.rank], .sum)
                let least = try me.allReduce(Int64(me.rank - round), .minimum)
                let most = try me.allReduce(Double(me.rank + round), .maximum)
                guard sum.bitPattern == expected.bitPattern, least == Int64(-round),
                    most == Double(5 + round)
                else { throw .program(code: Int32(round + 1)) }
            }
        }
        #expect(failures == [nil, nil, nil])
    }

    @Test(arguments: [0, 1, 5, 6, 7, 100])
    func aLoopIsSharedOutOnceAndInOrder(count: Int) throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 3)
        let parts = Mutex<[Range<Int>]>([])
        let failures = try together(job) { (me: inout TeamThread) throws(TeamError) in
            try me.parallelFor(10..<(10 + count)) { share in parts.withLock { $0.append(share) } }
            // All have done their share by now.
            let done = parts.withLock { $0.reduce(0) { $0 + $1.count } }
            if done != count { throw .program(code: 1) }
        }
        #expect(failures == [nil, nil])
        let sorted = parts.withLock { $0.sorted { $0.lowerBound < $1.lowerBound } }
        #expect(sorted.flatMap { Array($0) } == Array(10..<(10 + count)))
        let sizes = sorted.map(\.count)
        #expect(sizes.count == min(count, 6))
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }

    @Test func aRecursiveLockIsGivenBackAsOftenAsItWasTaken() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let failures = try together(job) { (me: inout TeamThread) throws(TeamError) in
            let lock = try me.team.lock("r", recursive: true)
            if me.rank == 0 {
                _ = try me.lock(lock)
                _ = try me.lock(lock)
                try me.unlock(lock)
            }
            try me.barrier()
            if me.rank == 1, try me.tryLock(lock) != nil { throw .program(code: 1) }
            try me.barrier()
            if me.rank == 0 { try me.unlock(lock) }
            try me.barrier()
            if me.rank == 1, try me.tryLock(lock) != .clean { throw .program(code: 2) }
        }
        #expect(failures == [nil, nil])
    }

    @Test func aTimedWaitEnds() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let failures = try together(job) { (me: inout TeamThread) throws(TeamError) in
            let lock = try me.team.lock("t")
            if me.rank == 0 { _ = try me.lock(lock) }
            try me.barrier()
            if me.rank == 1 {
                var ended = false
                do throws(TeamError) { _ = try me.lock(lock, timeout: 2_000_000) } catch {
                    guard error == .sync(.timedOut) else { throw error }
                    ended = true
                }
                if !ended { throw .program(code: 1) }
            }
            try me.barrier()
            if me.rank == 0 { try me.unlock(lock) }
        }
        #expect(failures == [nil, nil])
    }

    @Test func locksKeepAllVMsApart() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let failures = try together(job) { (me: inout TeamThread) throws(TeamError) in
            let lock = try me.team.lock("l")
            let other = try me.team.lock("m")
            let data = try me.team.array("d", of: Int64.self, count: 2)
            for _ in 0..<2000 {
                try me.withLock(lock) { _ in data[0] += 1 }
                try me.withLock(other) { _ in data[1] += 1 }
            }
            try me.barrier()
            if data[0] != 8000 || data[1] != 8000 { throw .program(code: 1) }
            // Nobody goes on before all have looked.
            try me.barrier()
            if me.rank == 0 {
                _ = try me.lock(lock)
                data[0] = 1
            }
            try me.barrier()
            if me.rank == 3, try me.tryLock(lock) != nil { throw .program(code: 2) }
            try me.barrier()
            if me.rank == 0 { try me.unlock(lock) }
            try me.barrier()
            if me.rank == 3 {
                guard try me.tryLock(lock) == .clean else { throw .program(code: 3) }
                try me.unlock(lock)
            }
        }
        #expect(failures == [nil, nil])
    }

    @Test func aLockGoesBackWhenTheBodyThrows() throws {
        let job = try LocalJob(vms: 1, threadsPerVM: 1)
        let failures = try together(job) { (me: inout TeamThread) throws(TeamError) in
            let lock = try me.team.lock("l")
            do throws(TeamError) {
                try me.withLock(lock) { _ throws(TeamError) in throw .program(code: 1) }
            } catch  where error == .program(code: 1) {}
            guard try me.tryLock(lock) == .clean else { throw .program(code: 2) }
        }
        #expect(failures == [nil])
    }

    @Test func arraysAreTheSameForAllAndZeroAtFirst() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        let first = try Team(job.environment(rank: 0))
        let second = try Team(job.environment(rank: 1))
        let mine = try first.array("a", of: UInt32.self, count: 5000)
        let theirs = try second.array("a", of: UInt32.self, count: 5000)
        #expect((0..<5000).allSatisfy { theirs[$0] == 0 })
        mine[4999] = 7
        #expect(theirs[4999] == 7)
        #expect(theirs[4990..<5000][9] == 7)
        let other = try second.array("b", of: UInt32.self, count: 5000)
        #expect(other[4999] == 0)
        #expect(throws: TeamError.sizeMismatch(found: 20000, expected: 20004)) {
            try second.array("a", of: UInt32.self, count: 5001)
        }
        #expect(throws: TeamError.noRoom(bytes: 80 << 20)) {
            try second.array("c", of: UInt64.self, count: 10 << 20)
        }
        #expect(throws: TeamError.badName) {
            try second.array(named: Array(repeating: 0x61, count: 60), of: UInt8.self, count: 1)
        }
        #expect(throws: TeamError.badName) { try second.lock(named: [0x61, 0]) }
        _ = try first.lock("kind")
        #expect(throws: TeamError.kindMismatch(found: .lock, expected: .recursiveLock)) {
            try second.lock("kind", recursive: true)
        }
        // What a finished job had is free again.
        job.launch.board.finish(job.launch.ticket)
        #expect(job.region.objects.isEmpty)
    }

    @Test func anIndexOutOfBoundsStopsTheProcess() async {
        await #expect(processExitsWith: .success) {
            try withArray { array in
                array[9] = 1
                _ = array[4..<10]
            }
        }
        await #expect(processExitsWith: .failure) { try withArray { $0[10] = 1 } }
        await #expect(processExitsWith: .failure) { try withArray { _ = $0[10] } }
        await #expect(processExitsWith: .failure) { try withArray { _ = $0[4..<11] } }
    }
}

/// An array of ten bytes, in the middle of a mapping.
private func withArray(_ body: (SharedArray<UInt8>) -> Void) throws {
    let job = try LocalJob(vms: 1, threadsPerVM: 1)
    let team = try Team(job.environment(rank: 0))
    job.removeName()
    body(try team.array("a", of: UInt8.self, count: 10))
}
