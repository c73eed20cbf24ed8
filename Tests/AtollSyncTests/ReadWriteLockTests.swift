// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Testing

struct ReadWriteLockTests {
    private let memory: SharedMemory
    private let dead = Dead()
    private static let places = 3

    init() throws { memory = try sharedMemory() }

    private func with<R>(_ body: (borrowing ReadWriteLock<SharedWords>) throws(SyncError) -> R)
        throws(SyncError) -> R
    {
        try body(ReadWriteLock(memory.words(at: 0, count: 4096), at: 0, places: Self.places))
    }

    private func read(_ thread: Int, _ waiter: some Waiter = Impatience()) throws(SyncError)
        -> ReadHold
    {
        var waiter = waiter
        return try with { lock throws(SyncError) in
            try lock.lockShared(as: owner(thread), hint: thread, &waiter, dead)
        }
    }

    private func write(_ thread: Int, _ waiter: some Waiter = Impatience()) throws(SyncError)
        -> Acquisition
    {
        var waiter = waiter
        return try with { lock throws(SyncError) in
            try lock.lock(as: owner(thread), &waiter, dead)
        }
    }

    private func unlock(_ thread: Int, _ hold: ReadHold? = nil) throws(SyncError) {
        try with { lock throws(SyncError) in
            if let hold {
                try lock.unlockShared(hold, as: owner(thread))
            } else {
                try lock.unlock(as: owner(thread))
            }
        }
    }

    @Test func readersTogetherWritersAlone() throws {
        let first = try read(1)
        let second = try read(2)
        #expect(throws: SyncError.timedOut) { try write(3) }
        // One who gave up waiting keeps nobody out.
        let third = try read(4)
        #expect(throws: SyncError.timedOut) { try read(5) }
        for (thread, hold) in [(1, first), (2, second), (4, third)] { try unlock(thread, hold) }
        #expect(throws: SyncError.notOwner) { try unlock(1, first) }
        #expect(try write(3) == .clean)
        #expect(throws: SyncError.timedOut) { try read(1) }
        #expect(throws: SyncError.timedOut) { try write(1) }
        #expect(throws: SyncError.notOwner) { try write(3) }
        #expect(throws: SyncError.notOwner) { try read(3) }
        #expect(throws: SyncError.notOwner) { try unlock(1) }
        try unlock(3)
        let again = try read(3)
        #expect(throws: SyncError.notOwner) { try write(3) }
        try unlock(3, again)
    }

    @Test func aDeadReaderKeepsNobodyOut() throws {
        for thread in 1...3 { _ = try read(thread) }
        dead.declare(owner(1))
        dead.declare(owner(2))
        // A reader that finds no place clears the dead ones'.
        let hold = try read(4, Patience())
        #expect(throws: SyncError.timedOut) { try write(5) }
        try unlock(4, hold)
        dead.declare(owner(3))
        #expect(try write(5) == .clean)
        #expect(SyncFigures(memory, at: 0)?.deaths == 3)
    }

    @Test func whoFollowsADeadWriterRepairs() throws {
        #expect(try write(1) == .clean)
        dead.declare(owner(1))
        #expect(try write(2) == .ownerDied)
        try with { lock throws(SyncError) in try lock.consistent(as: owner(2)) }
        try unlock(2)
        #expect(try write(3) == .clean)
        dead.declare(owner(3))
        // A reader holds it alone.
        let hold = try read(4)
        #expect(hold.acquisition == .ownerDied)
        #expect(throws: SyncError.timedOut) { try read(5) }
        try with { lock throws(SyncError) in try lock.consistent(as: owner(4)) }
        try unlock(4, hold)
        #expect(try read(5).acquisition == .clean)
    }

    @Test func whatNobodyRepairsIsPoisoned() throws {
        #expect(try write(1) == .clean)
        dead.declare(owner(1))
        #expect(try read(2).acquisition == .ownerDied)
        try unlock(2, ReadHold?.none)
        #expect(throws: SyncError.poisoned) { try write(3) }
        #expect(throws: SyncError.poisoned) { try read(3) }
    }

    /// A repairer that cannot wait for the readers leaves the repair to the next.
    @Test func aDeathIsNotForgottenByWhoGivesUp() throws {
        let hold = try read(1)
        #expect(throws: SyncError.timedOut) { try write(2) }
        try unlock(1, hold)
        #expect(try write(3) == .clean)
        memory.store(owner(1).word, word: 128)
        dead.declare(owner(3))
        #expect(throws: SyncError.timedOut) { try write(2) }
        memory.store(0, word: 128)
        #expect(try write(2) == .ownerDied)
    }

    @Test func writersInARowLetReadersPass() throws {
        // One waits to read.
        memory.store(1, word: 8)
        for _ in 0..<8 {
            #expect(try write(1) == .clean)
            try unlock(1)
        }
        var looks = 0
        let waiter = Patience {
            looks += 1
            return nil
        }
        #expect(try write(1, waiter) == .clean)
        #expect(looks == 64)
        try unlock(1)
        #expect(try write(1, waiter) == .clean)
        #expect(looks == 64)
    }
}
