// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import Testing

struct RecursiveLockTests {
    @Test func itsHolderTakesItAgain() throws {
        let memory = try sharedMemory()
        let lock = RecursiveLock(memory.words(at: 0, count: 4096), at: 128)
        let dead = Dead()
        var waiter = Impatience()
        for depth in 1...3 {
            #expect(try lock.lock(as: owner(1), &waiter, dead) == .clean)
            #expect(lock.depth(of: owner(1)) == UInt64(depth))
        }
        #expect(try lock.tryLock(as: owner(1), dead) == .clean)
        #expect(try lock.tryLock(as: owner(2), dead) == nil)
        #expect(lock.depth(of: owner(2)) == 0)
        #expect(throws: SyncError.notOwner) { try lock.unlock(as: owner(2)) }
        for _ in 1...3 {
            try lock.unlock(as: owner(1))
            #expect(try lock.tryLock(as: owner(2), dead) == nil)
        }
        try lock.unlock(as: owner(1))
        #expect(throws: SyncError.notOwner) { try lock.unlock(as: owner(1)) }
        #expect(try lock.tryLock(as: owner(2), dead) == .clean)
        #expect(lock.depth(of: owner(2)) == 1)
    }

    @Test func whoTakesItFromTheDeadHasItOnce() throws {
        let memory = try sharedMemory()
        let lock = RecursiveLock(memory.words(at: 0, count: 4096), at: 128)
        let dead = Dead()
        for _ in 1...3 { #expect(try lock.tryLock(as: owner(1), dead) == .clean) }
        dead.declare(owner(1))
        #expect(try lock.tryLock(as: owner(2), dead) == .ownerDied)
        #expect(lock.depth(of: owner(2)) == 1)
        try lock.consistent(as: owner(2))
        try lock.unlock(as: owner(2))
        #expect(try lock.tryLock(as: owner(3), dead) == .clean)
    }
}
