// SPDX-License-Identifier: Apache-2.0
import AtollGuest
import AtollRegion
import AtollSync
import AtollSystem
import Testing

@Suite(.timeLimit(.minutes(2)))
struct TeamObjectTests {
    @Test func readersAndWriters() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let lock = try me.team.readWriteLock("l")
            let data = try me.team.array("d", of: Int64.self, count: 16)
            for round in 0..<300 {
                if (round + me.rank) % 4 == 0 {
                    _ = try me.lock(lock)
                    data[0] += 1
                    data[8] += 1
                    try me.unlock(lock)
                } else {
                    let hold = try me.lockShared(lock)
                    if data[0] != data[8] { throw .program(code: 1) }
                    try me.unlockShared(lock, hold)
                }
            }
            try me.barrier()
            if data[0] != 300 { throw .program(code: 2) }
            // All read at once; nobody can write meanwhile.
            let hold = try me.lockShared(lock)
            try me.barrier()
            if me.rank == 0 {
                let other = lock.handle
                guard let same = me.team.readWriteLock(handle: other), same.handle == other,
                    me.team.readWriteLock(handle: other + 4096) == nil
                else { throw .program(code: 3) }
            }
            try me.unlockShared(lock, hold)
        }
    }

    @Test func semaphoresLetSoManyIn() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let semaphore = try me.team.semaphore("s", permits: 2)
            let inside = try me.team.array("inside", of: UInt64.self, count: 1)
            let lock = try me.team.lock("inside")
            for _ in 0..<200 {
                let permit = try me.acquire(semaphore)
                try me.withLock(lock) { _ throws(TeamError) in
                    inside[0] += 1
                    if inside[0] > 2 { throw .program(code: 1) }
                }
                try me.withLock(lock) { _ in inside[0] -= 1 }
                try me.release(semaphore, permit)
            }
            try me.barrier()
            // Made by one, used up by the others.
            let work = try me.team.semaphore("work", permits: 3, free: 0)
            if me.rank == 0 {
                if me.tryAcquire(work) != nil { throw .program(code: 2) }
                for _ in 0..<3 { try me.signal(work) }
            } else {
                try me.consume(work, me.acquire(work))
            }
            try me.barrier()
            if me.tryAcquire(work) != nil { throw .program(code: 3) }
            do throws(TeamError) {
                _ = try me.acquire(work, timeout: 1_000_000)
                throw .program(code: 4)
            } catch  where error == .sync(.timedOut) {}
            do throws(TeamError) {
                _ = try me.team.semaphore("work", permits: 4)
                throw .program(code: 5)
            } catch  where error == .sizeMismatch(found: 3, expected: 4) {}
        }
    }

    /// A queue of one element by a lock and a condition.
    @Test func conditionsPassThingsOn() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 1)
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let lock = try me.team.lock("l")
            let condition = try me.team.condition("c")
            let slot = try me.team.array("slot", of: Int64.self, count: 1)
            let rank = Int64(me.rank)
            for round in 1...300 {
                _ = try me.lock(lock)
                _ = try me.wait(condition, lock) { rank == 0 ? slot[0] != 0 : slot[0] == 0 }
                if rank == 0 {
                    slot[0] = Int64(round)
                } else {
                    if slot[0] != Int64(round) { throw .program(code: 1) }
                    slot[0] = 0
                }
                round % 2 == 0 ? me.notifyAll(condition) : me.notifyOne(condition)
                try me.unlock(lock)
            }
            try me.barrier()
            _ = try me.lock(lock)
            do throws(TeamError) {
                _ = try me.wait(condition, lock, timeout: 1_000_000) { true }
                throw .program(code: 2)
            } catch  where error == .sync(.timedOut) {}
            try me.unlock(lock)
        }
    }

    @Test func onceAndLatches() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2)
        let seen = Notes<Int>()
        let failed = Notes<Int>()
        try job.allWell { (me: inout TeamThread) throws(TeamError) in
            let once = try me.team.once("o")
            let latch = try me.team.latch("l", count: 4)
            let data = try me.team.array("d", of: Int64.self, count: 8)
            do throws(TeamError) {
                try me.once(once) { _ throws(TeamError) in
                    // The first fails, the next does it.
                    failed.add(1)
                    if failed.all.count == 1 { throw .program(code: 9) }
                    seen.add(7)
                    data[4] = 7
                }
                if data[4] != 7 { throw .program(code: 1) }
            } catch  where error == .program(code: 9) {}
            data[me.rank] = 1
            try me.countDown(latch)
            try me.wait(latch)
            for i in 0..<4 where data[i] != 1 { throw .program(code: 2) }
            do throws(TeamError) {
                try me.countDown(latch)
                throw .program(code: 3)
            } catch  where error == .sync(.tooManyArrivals(size: 4)) {}
        }
        #expect(seen.all == [7])
    }

    /// Each thread frees what another has allocated.
    @Test func blocksGoFromThreadToThread() throws {
        let job = try LocalJob(vms: 2, threadsPerVM: 2, bytes: 32 << 20)
        let teams = try (0..<2).map { try Team(job.environment(rank: $0)) }
        for _ in 0..<2 {
            let failures = try ThreadGroup.run(2) { rank -> TeamError? in
                do throws(TeamError) {
                    try teams[rank].run { (me: inout TeamThread) throws(TeamError) in
                        try Self.passBlocks(&me)
                    }
                    return nil
                } catch { return error }
            }
            #expect(failures == [nil, nil])
        }
        let heap = try teams[0].heap("h", bytes: 16 << 20)
        let statistics = teams[0].statistics(of: heap)
        #expect(statistics.blocks == 0)
        // Whoever has ended uses no seat.
        #expect(statistics.seats == 0)
    }

    private static func passBlocks(_ me: inout TeamThread) throws(TeamError) {
        let heap = try me.team.heap("h", bytes: 16 << 20)
        let blocks = try me.team.array("blocks", of: HeapBlock.self, count: 4 * 50)
        for round in 0..<5 {
            for i in 0..<50 {
                let count = 1 + (i * 37 + round) % 3000
                let block = try me.allocate(heap, bytes: count * 8)
                let array = try me.array(heap, block, of: Int.self, count: count)
                for j in 0..<count { array[j] = me.rank * 1000 + i }
                blocks[me.rank * 50 + i] = block
            }
            try me.barrier()
            let other = (me.rank + 1) % 4
            for i in 0..<50 {
                let count = 1 + (i * 37 + round) % 3000
                let block = blocks[other * 50 + i]
                let array = try me.array(heap, block, of: Int.self, count: count)
                for j in 0..<count where array[j] != other * 1000 + i { throw .program(code: 1) }
                try me.free(heap, block)
            }
            try me.barrier()
        }
        do throws(TeamError) {
            try me.free(heap, blocks[0])
            throw .program(code: 2)
        } catch { guard case .heap = error else { throw error } }
        do throws(TeamError) {
            _ = try me.allocate(heap, bytes: 64 << 20)
            throw .program(code: 3)
        } catch  where error == .noRoom(bytes: 64 << 20) {}
    }
}
