// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

extension ReadWriteLock where M: ~Escapable {
    /// Waits until the caller may read, together with others.
    ///
    /// - Parameter hint: a number that differs between threads, a rank for instance: where to look for a
    ///   place first.
    /// - Returns: the hold, which is no reader's where a writer has died (``ReadHold/place``).
    /// - Throws: ``SyncError/notOwner`` where `me` is the writer, ``SyncError/poisoned``, and what
    ///   `waiter` throws; the caller then does not hold the lock.
    @inlinable
    public func lockShared(
        as me: Owner, hint: Int, _ waiter: inout some Waiter, _ liveness: some Liveness
    ) throws(SyncError) -> ReadHold {
        if words.loadRelaxed(at) == 0, let index = claim(as: me, hint) {
            if isOpen(as: me, index) { return ReadHold(place: index) }
            words.store(0, at: place(index))
        }
        return try lockSharedSlowly(as: me, hint, &waiter, liveness)
    }

    /// Gives back what ``lockShared(as:hint:_:_:)`` gave.
    ///
    /// - Throws: ``SyncError/notOwner``.
    @inlinable
    public func unlockShared(_ hold: ReadHold, as me: Owner) throws(SyncError) {
        guard let index = hold.place else { return try unlock(as: me) }
        guard words.loadRelaxed(place(index)) == me.word else { throw .notOwner }
        words.store(0, at: place(index))
    }

    /// A free place, now the caller's.
    @inlinable
    func claim(as me: Owner, _ hint: Int) -> Int? {
        var index = Int(UInt(bitPattern: hint) % UInt(places))
        for _ in 0..<places {
            if words.loadRelaxed(place(index)) == 0,
                words.compareExchange(0, me.word, at: place(index)) == 0
            {
                return index
            }
            index += 1
            if index == places { index = 0 }
        }
        return nil
    }

    /// Whether, with its place taken, a reader may read: no writer has come.
    @inlinable
    func isOpen(as me: Owner, _ index: Int) -> Bool {
        // See `drain`.
        words.storeSequential(me.word, at: place(index))
        guard words.loadSequential(at) == 0 else { return false }
        if words.loadRelaxed(row) != 0 { words.storeRelaxed(0, at: row) }
        return true
    }

    @usableFromInline
    func lockSharedSlowly(
        as me: Owner, _ hint: Int, _ waiter: inout some Waiter, _ liveness: some Liveness
    ) throws(SyncError) -> ReadHold {
        let account = SyncAccount(words, at: at)
        var note = WaitNote()
        _ = words.add(1, at: readersWaiting)
        do throws(SyncError) {
            var looks = Looks()
            while true {
                var hold = try read(
                    as: me, hint, looks.isTimeToAsk(waiter.slept), &waiter, liveness)
                if hold == nil {
                    do { try waiter.wait() } catch {
                        hold = try read(as: me, hint, true, &waiter, liveness)
                        if hold == nil { throw error }
                    }
                    note.look(account, waiter.waited)
                }
                guard let hold else { continue }
                _ = words.add(UInt64.max, at: readersWaiting)
                note.end(account, waiter.waited)
                return hold
            }
        } catch {
            _ = words.add(UInt64.max, at: readersWaiting)
            note.end(account, waiter.waited)
            throw error
        }
    }

    /// One try.
    @usableFromInline
    func read(
        as me: Owner, _ hint: Int, _ ask: Bool, _ waiter: inout some Waiter,
        _ liveness: some Liveness
    ) throws(SyncError) -> ReadHold? {
        let seen = words.load(at)
        if let writer = Owner(in: seen) {
            if writer == me { throw .notOwner }
            guard ask, liveness.isLost(writer) else { return nil }
            // Somebody must repair, and this one is here.
            guard let before = try attempt(as: me, isLost: { $0 == writer }) else { return nil }
            guard before != 0 else {
                // Given back meanwhile.
                words.store(0, at: at)
                waiter.rouse()
                return nil
            }
            var note = WaitNote()
            _ = try drain(as: me, before, true, &waiter, &note, liveness)
            return ReadHold(place: nil)
        }
        if seen & Owner.poisonedBit != 0 { throw .poisoned }
        guard let index = claim(as: me, hint) else {
            if ask { clearTheDead(liveness) }
            return nil
        }
        if isOpen(as: me, index) { return ReadHold(place: index) }
        words.store(0, at: place(index))
        waiter.rouse()
        return nil
    }

    /// All places are taken.
    @usableFromInline
    func clearTheDead(_ liveness: some Liveness) {
        for index in 0..<places {
            let seen = words.load(place(index))
            if let reader = Owner(in: seen) { _ = clear(index, seen, reader, liveness) }
        }
    }
}
