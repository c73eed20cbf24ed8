// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Testing

struct RobustLockTests {
    private let word = 128
    private let data = 4096

    private func lock(
        _ memory: SharedMemory, as me: Owner, _ dead: Dead, _ waiter: some Waiter = Patience()
    ) throws(SyncError) -> Acquisition {
        var waiter = waiter
        return try RobustLock(memory.word(at: word)).lock(as: me, &waiter, dead)
    }

    private func tryLock(_ memory: SharedMemory, as me: Owner, _ dead: Dead) throws(SyncError)
        -> Acquisition?
    {
        try RobustLock(memory.word(at: word)).tryLock(as: me, dead)
    }

    private func unlock(_ memory: SharedMemory, as me: Owner) throws(SyncError) {
        try RobustLock(memory.word(at: word)).unlock(as: me)
    }

    private func consistent(_ memory: SharedMemory, as me: Owner) throws(SyncError) {
        try RobustLock(memory.word(at: word)).consistent(as: me)
    }

    @Test(arguments: [2, 3, 8])
    func oneAtATime(threads: Int) throws {
        let memory = try sharedMemory()
        let dead = Dead()
        let rounds = 4000
        let failures = try ThreadGroup.run(threads) { thread -> SyncError? in
            do throws(SyncError) {
                for _ in 0..<rounds {
                    _ = try lock(memory, as: owner(thread), dead)
                    // Plain accesses: only the lock keeps them apart.
                    memory.store64(memory.load64(data) + 1, at: data)
                    try unlock(memory, as: owner(thread))
                }
                return nil
            } catch { return error }
        }
        #expect(failures == Array(repeating: nil, count: threads))
        #expect(memory.load64(data) == UInt64(threads * rounds))
        #expect(memory.load(word: word) == 0)
    }

    @Test func onlyTheOwnerGivesBack() throws {
        let memory = try sharedMemory()
        let dead = Dead()
        #expect(throws: SyncError.notOwner) { try unlock(memory, as: owner(1)) }
        #expect(try lock(memory, as: owner(1), dead) == .clean)
        #expect(throws: SyncError.notOwner) { try lock(memory, as: owner(1), dead) }
        #expect(throws: SyncError.notOwner) { try tryLock(memory, as: owner(1), dead) }
        #expect(throws: SyncError.notOwner) { try unlock(memory, as: owner(2)) }
        #expect(throws: SyncError.notOwner) { try consistent(memory, as: owner(2)) }
        #expect(try tryLock(memory, as: owner(2), dead) == nil)
        try unlock(memory, as: owner(1))
        #expect(try tryLock(memory, as: owner(2), dead) == .clean)
    }

    @Test func theWaiterEndsTheWait() throws {
        let memory = try sharedMemory()
        let dead = Dead()
        #expect(try lock(memory, as: owner(1), dead) == .clean)
        #expect(throws: SyncError.timedOut) {
            try lock(memory, as: owner(2), dead, Impatience())
        }
        let holder = RobustLock(memory.word(at: word)).holder
        #expect(holder == owner(1))
    }

    @Test func whoFollowsADeadHolderRepairs() throws {
        let memory = try sharedMemory()
        let dead = Dead()
        #expect(try lock(memory, as: owner(1), dead) == .clean)
        dead.declare(owner(1))
        #expect(try lock(memory, as: owner(2), dead) == .ownerDied)
        // The repairer dies as well.
        dead.declare(owner(2))
        #expect(try tryLock(memory, as: owner(3), dead) == .ownerDied)
        try consistent(memory, as: owner(3))
        try unlock(memory, as: owner(3))
        #expect(try lock(memory, as: owner(4), dead) == .clean)
    }

    @Test func whatNobodyRepairsIsPoisoned() throws {
        let memory = try sharedMemory()
        let dead = Dead()
        #expect(try lock(memory, as: owner(1), dead) == .clean)
        dead.declare(owner(1))
        #expect(try lock(memory, as: owner(2), dead) == .ownerDied)
        try unlock(memory, as: owner(2))
        let isPoisoned = RobustLock(memory.word(at: word)).isPoisoned
        #expect(isPoisoned)
        #expect(throws: SyncError.poisoned) { try lock(memory, as: owner(3), dead) }
        #expect(throws: SyncError.poisoned) { try tryLock(memory, as: owner(3), dead) }
    }

    /// The loss that ends a wait is most often the holder's: then the lock is there to be had.
    @Test func aLossThatIsTheHoldersGivesTheLock() throws {
        let memory = try sharedMemory()
        let dead = Dead()
        #expect(try lock(memory, as: owner(1), dead) == .clean)
        let waiter = Patience {
            dead.declare(owner(1))
            return .memberLost(slots: 1 << 3)
        }
        #expect(try lock(memory, as: owner(2), dead, waiter) == .ownerDied)
    }

    /// Says that a holder is lost, but only after another thread has taken the lock from it.
    private struct Overtaken: Liveness {
        let overtake: @Sendable () -> Void

        func isLost(_ owner: Owner) -> Bool {
            overtake()
            return true
        }
    }

    @Test func twoCannotFollowTheSameDeadHolder() throws {
        let memory = try sharedMemory()
        let dead = Dead()
        #expect(try lock(memory, as: owner(1), dead) == .clean)
        dead.declare(owner(1))
        let slower = Overtaken {
            let taken = try? tryLock(memory, as: owner(2), dead)
            #expect(taken == .ownerDied)
        }
        let taken = try RobustLock(memory.word(at: word)).tryLock(as: owner(3), slower)
        #expect(taken == nil)
        let holder = RobustLock(memory.word(at: word)).holder
        #expect(holder == owner(2))
    }

    /// Threads that take the lock, spoil what it protects and never come back. Each death is noticed
    /// by one thread, and nothing that was repaired is lost.
    @Test func eachDeathIsRepairedOnce() throws {
        let memory = try sharedMemory()
        let dead = Dead()
        let results = try ThreadGroup.run(4) { thread -> (deaths: Int, repairs: Int, SyncError?) in
            var deaths = 0
            var repairs = 0
            do throws(SyncError) {
                for life in 0..<400 {
                    let me = owner(thread * 1000 + life)
                    if try lock(memory, as: me, dead) == .ownerDied {
                        memory.store64(memory.load64(data), at: data + 8)
                        repairs += 1
                        try consistent(memory, as: me)
                    }
                    let value = memory.load64(data)
                    guard value == memory.load64(data + 8) else { return (deaths, -1, nil) }
                    if life % 7 == thread {
                        memory.store64(UInt64.max, at: data + 8)
                        dead.declare(me)
                        deaths += 1
                    } else {
                        memory.store64(value + 1, at: data)
                        memory.store64(value + 1, at: data + 8)
                        try unlock(memory, as: me)
                    }
                }
                return (deaths, repairs, nil)
            } catch { return (deaths, repairs, error) }
        }
        #expect(results.allSatisfy { $0.2 == nil })
        let deaths = results.reduce(0) { $0 + $1.deaths }
        let repairs = results.reduce(0) { $0 + $1.repairs }
        let last = try tryLock(memory, as: owner(9999), dead) == .ownerDied ? 1 : 0
        #expect(deaths > 200)
        #expect(repairs + last == deaths)
        #expect(memory.load64(data) == UInt64(1600 - deaths))
    }
}
