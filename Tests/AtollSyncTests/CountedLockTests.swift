// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Testing

struct CountedLockTests {
    private let base = 256
    private let data = 4096

    private func figures(_ memory: SharedMemory) throws -> SyncFigures {
        try #require(SyncFigures(memory, at: base))
    }

    @Test func itsUseIsCounted() throws {
        let memory = try sharedMemory()
        let lock = Subject(memory: memory, base: base)
        let dead = Dead()
        #expect(lock.lockAtOnce(as: owner(1)))
        #expect(!lock.lockAtOnce(as: owner(2)))
        #expect(try lock.tryLock(as: owner(2), dead) == nil)
        #expect(lock.holder == owner(1))
        #expect(try figures(memory).word == owner(1).word)
        try lock.unlock(as: owner(1))
        #expect(try lock.tryLock(as: owner(2), dead) == .clean)
        let before = try figures(memory)
        #expect(before.acquisitions == 2 && before.contended == 0 && before.deaths == 0)

        dead.declare(owner(2))
        #expect(try lock.lock(as: owner(1), Patience(), dead) == .ownerDied)
        try lock.consistent(as: owner(1))
        let after = try figures(memory)
        #expect(after.acquisitions == 3 && after.contended == 1 && after.deaths == 1)
        #expect(after.waiters == 0)
    }

    private final class Most { var waiters: UInt64 = 0 }

    /// Waits as told, and says so.
    private struct Slow: Waiter {
        let lock: Subject
        let most: Most
        var waited: UInt64 = 0

        mutating func wait() throws(SyncError) {
            waited += 3_000
            let waiters = SyncFigures(lock.memory, at: lock.base)?.waiters ?? 99
            most.waiters = max(most.waiters, waiters)
            if waited == 12_000 { try lock.unlock(as: owner(1)) }
        }
    }

    @Test func aWaitIsCountedAsItWas() throws {
        let memory = try sharedMemory()
        let lock = Subject(memory: memory, base: base)
        #expect(lock.lockAtOnce(as: owner(1)))
        let slow = Slow(lock: lock, most: Most())
        #expect(try lock.lock(as: owner(2), slow, Dead()) == .clean)
        #expect(slow.most.waiters == 1)
        let seen = try figures(memory)
        #expect(seen.acquisitions == 2 && seen.contended == 1)
        #expect(seen.waitNanoseconds == 12_000 && seen.waits[3] == 1 && seen.waiters == 0)

        // One that gives up is no acquisition, and no longer a waiter.
        #expect(throws: SyncError.timedOut) {
            try lock.lock(as: owner(1), Impatience(), Dead())
        }
        #expect(try figures(memory).acquisitions == 2)
        #expect(try figures(memory).waiters == 0)
    }

    @Test(arguments: [2, 4])
    func nothingIsLostBetweenThreads(threads: Int) throws {
        let memory = try sharedMemory()
        let lock = Subject(memory: memory, base: base)
        let rounds = 3000
        let failures = try ThreadGroup.run(threads) { thread -> SyncError? in
            do throws(SyncError) {
                for _ in 0..<rounds {
                    _ = try lock.lock(as: owner(thread), Patience(), Dead())
                    memory.store64(memory.load64(data) + 1, at: data)
                    try lock.unlock(as: owner(thread))
                }
                return nil
            } catch { return error }
        }
        #expect(failures.allSatisfy { $0 == nil })
        #expect(memory.load64(data) == UInt64(threads * rounds))
        #expect(try figures(memory).acquisitions == UInt64(threads * rounds))
        #expect(try figures(memory).waiters == 0)
    }
}

/// The lock under test, as a value that the test macros can take apart.
private struct Subject {
    let memory: SharedMemory
    let base: Int

    var holder: Owner? { CountedLock(memory.words(at: 0, count: 4096), at: base).holder }

    func lockAtOnce(as me: Owner) -> Bool {
        CountedLock(memory.words(at: 0, count: 4096), at: base).lockAtOnce(as: me)
    }
    func lock(as me: Owner, _ waiter: some Waiter, _ dead: Dead) throws(SyncError) -> Acquisition {
        var waiter = waiter
        return try CountedLock(memory.words(at: 0, count: 4096), at: base)
            .lock(as: me, &waiter, dead)
    }
    func tryLock(as me: Owner, _ dead: Dead) throws(SyncError) -> Acquisition? {
        try CountedLock(memory.words(at: 0, count: 4096), at: base).tryLock(as: me, dead)
    }
    func unlock(as me: Owner) throws(SyncError) {
        try CountedLock(memory.words(at: 0, count: 4096), at: base).unlock(as: me)
    }
    func consistent(as me: Owner) throws(SyncError) {
        try CountedLock(memory.words(at: 0, count: 4096), at: base).consistent(as: me)
    }
}
