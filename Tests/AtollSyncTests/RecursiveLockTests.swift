// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import Testing

struct RecursiveLockTests {
    @Test func itsHolderTakesItAgain() throws {
        let memory = try sharedMemory()
        let lock = Subject(memory: memory)
        let dead = Dead()
        for depth in 1...3 {
            #expect(try lock.lock(as: owner(1), dead) == .clean)
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
        let lock = Subject(memory: memory)
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

/// The lock under test, as a value that the test macros can take apart.
private struct Subject {
    let memory: SharedMemory

    func depth(of me: Owner) -> UInt64 {
        RecursiveLock(memory.words(at: 0, count: 4096), at: 128).depth(of: me)
    }
    func lock(as me: Owner, _ dead: Dead) throws(SyncError) -> Acquisition {
        var waiter = Impatience()
        return try RecursiveLock(memory.words(at: 0, count: 4096), at: 128)
            .lock(as: me, &waiter, dead)
    }
    func tryLock(as me: Owner, _ dead: Dead) throws(SyncError) -> Acquisition? {
        try RecursiveLock(memory.words(at: 0, count: 4096), at: 128).tryLock(as: me, dead)
    }
    func unlock(as me: Owner) throws(SyncError) {
        try RecursiveLock(memory.words(at: 0, count: 4096), at: 128).unlock(as: me)
    }
    func consistent(as me: Owner) throws(SyncError) {
        try RecursiveLock(memory.words(at: 0, count: 4096), at: 128).consistent(as: me)
    }
}
