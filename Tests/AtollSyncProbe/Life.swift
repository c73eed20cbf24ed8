// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem

/// One process of the killer's, from its fork to its end: it uses all types by turns and checks what they
/// promise.
struct Life {
    let arena: Arena
    let process: Int
    let me: Owner
    var chance: Chance
    var waiter: ProbeWaiter
    let liveness: ParentsWord

    init(_ arena: Arena, _ process: Int, _ incarnation: UInt64) {
        self.arena = arena
        self.process = process
        me = Owner(slot: process, incarnation: incarnation, thread: 1)
        chance = Chance(incarnation &* 64 &+ UInt64(process) &+ 1)
        waiter = ProbeWaiter(arena.memory, stop: Arena.stop)
        liveness = ParentsWord(arena: arena)
    }

    private var memory: SharedMemory { arena.memory }

    mutating func run() -> Never {
        while memory.load(word: Arena.stop) == 0 {
            let kind = Arena.Kind.allCases[chance.next(below: Arena.Kind.allCases.count)]
            do throws(SyncError) {
                switch kind {
                case .lock: try lock()
                case .recursive: try recursive()
                case .readWrite: try readWrite()
                case .semaphore: try semaphore()
                case .once: try once()
                case .condition: try condition()
                }
            } catch {
                if error == .draining { break }
                arena.fail(kind, 1)
            }
            let done = Arena.done(process, kind)
            memory.store(memory.load(word: done) + 1, word: done)
        }
        Current.exit(0)
    }

    private func ledger(_ kind: Arena.Kind, _ index: Int = 0) -> Ledger {
        Ledger(memory: memory, offset: Arena.ledger(kind, index))
    }

    /// As a new holder: `true` where the data had to be repaired.
    private func receive(_ ledger: Ledger, _ kind: Arena.Kind, _ acquisition: Acquisition) -> Bool {
        if acquisition == .ownerDied && arena.fault != .noRepair { ledger.repair() }
        if !ledger.isWhole { arena.fail(kind, 2) }
        return acquisition == .ownerDied
    }

    private mutating func lock() throws(SyncError) {
        let lock = CountedLock(memory.words(at: Arena.object(.lock), count: 128), at: 0)
        let ledger = ledger(.lock)
        if arena.fault == .noLock { return ledger.give(process) }
        let acquisition = try lock.lock(as: me, &waiter, liveness)
        if receive(ledger, .lock, acquisition) { try lock.consistent(as: me) }
        ledger.give(process)
        try lock.unlock(as: me)
    }

    private mutating func recursive() throws(SyncError) {
        let lock = RecursiveLock(memory.words(at: Arena.object(.recursive), count: 128), at: 0)
        let ledger = ledger(.recursive)
        let acquisition = try lock.lock(as: me, &waiter, liveness)
        if receive(ledger, .recursive, acquisition) { try lock.consistent(as: me) }
        ledger.give(process)
        _ = try lock.lock(as: me, &waiter, liveness)
        ledger.give(process)
        try lock.unlock(as: me)
        if !ledger.isWhole || lock.depth(of: me) != 1 { arena.fail(.recursive, 3) }
        try lock.unlock(as: me)
    }

    private mutating func readWrite() throws(SyncError) {
        let bytes = ReadWriteLock<SharedWords>.bytes(places: 3)
        let lock = ReadWriteLock(
            memory.words(at: Arena.object(.readWrite), count: bytes), at: 0, places: 3)
        let ledger = ledger(.readWrite)
        if chance.next(below: 4) == 0 {
            let acquisition = try lock.lock(as: me, &waiter, liveness)
            if receive(ledger, .readWrite, acquisition) { try lock.consistent(as: me) }
            ledger.give(process)
            return try lock.unlock(as: me)
        }
        let hold = try lock.lockShared(as: me, hint: process, &waiter, liveness)
        if receive(ledger, .readWrite, hold.acquisition) { try lock.consistent(as: me) }
        try lock.unlockShared(hold, as: me)
    }

    private mutating func semaphore() throws(SyncError) {
        let bytes = Semaphore<SharedWords>.bytes(permits: Arena.permits)
        let semaphore = Semaphore(
            memory.words(at: Arena.object(.semaphore), count: bytes), at: 0,
            permits: Arena.permits)
        let permit = try semaphore.acquire(as: me, &waiter, liveness)
        let ledger = ledger(.semaphore, permit.place)
        _ = receive(ledger, .semaphore, permit.acquisition)
        ledger.give(process)
        try semaphore.release(permit, as: me)
    }

    private mutating func once() throws(SyncError) {
        let index = memory.load(word: Arena.nextOnce)
        guard index < UInt64(Arena.onces) else { return }
        let offset = Arena.once(Int(index))
        let once = Once(memory.words(at: offset, count: 192), at: 0)
        if case .run(let acquisition) = try once.begin(as: me, &waiter, liveness) {
            if acquisition == .clean && memory.load(word: offset + 128) != 0 {
                arena.fail(.once, 2)
            }
            memory.store(memory.load(word: offset + 128) + 1, word: offset + 128)
            memory.store(index + 1, word: offset + 136)
            memory.store(index + 1, word: offset + 144)
            try once.finish(as: me)
        }
        let isDone =
            memory.load(word: offset + 136) == index + 1
            && memory.load(word: offset + 144) == index + 1
        if !isDone { arena.fail(.once, 3) }
        _ = memory.compareExchange(index, index + 1, word: Arena.nextOnce)
    }

    /// One process makes items, the others take them, one wait for each notice.
    private mutating func condition() throws(SyncError) {
        let words = memory.words(at: Arena.object(.condition), count: 256)
        let condition = Condition(words, at: 0)
        let lock = CountedLock(words, at: 128)
        func holding(_ body: (UInt64) -> UInt64) throws(SyncError) {
            let acquisition = try lock.lock(as: me, &waiter, liveness)
            // One word: a death leaves nothing torn.
            if acquisition == .ownerDied { try lock.consistent(as: me) }
            let items = body(memory.load64(Arena.items))
            if items > 1 << 32 { arena.fail(.condition, 2) }
            memory.store64(items, at: Arena.items)
            try lock.unlock(as: me)
        }
        if process == 0 {
            for _ in 0..<8 {
                try holding { $0 < 1000 ? $0 + 1 : $0 }
                condition.notifyOne()
            }
            return
        }
        var hasTaken = false
        while !hasTaken {
            let key = condition.prepare()
            do throws(SyncError) {
                try holding { items in
                    hasTaken = items > 0
                    return hasTaken ? items - 1 : items
                }
            } catch {
                condition.cancel()
                throw error
            }
            if hasTaken { condition.cancel() } else { try condition.wait(key, &waiter) }
        }
    }
}
