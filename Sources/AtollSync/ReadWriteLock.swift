// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// Many readers or one writer. The lock's word names the writer; each reader has a place, a word on a
/// line of its own that names it, so that readers do not disturb each other and a dead one is found
/// out exactly. ``bytes(places:)`` of zeros at first.
///
/// A writer who has come keeps new readers out while it waits for the old ones; after
/// ``writersInARow`` writers, waiting readers come first.
///
/// ## If the holder dies
/// A dead reader has changed nothing: its place is cleared by the writer that waits for it. After a dead
/// writer, whoever comes next holds the lock alone, reader or writer, and is told
/// ``Acquisition/ownerDied``; it repairs the data and says ``consistent(as:)``, or the lock stays
/// poisoned (``SyncError/poisoned``) from its unlock on.
public struct ReadWriteLock<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let at: Int
    public let places: Int

    @inlinable public static var mostPlaces: Int { 4096 }
    /// How many writers may follow each other while a reader waits.
    @inlinable public static var writersInARow: UInt64 { 8 }

    /// - Parameter places: how many can read at once, 1 to 4096, the same for everybody.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at offset: Int, places: Int) {
        precondition(places >= 1 && places <= Self.mostPlaces)
        self.words = words
        at = offset
        self.places = places
    }

    @inlinable
    public static func bytes(places: Int) -> Int { SyncLayout.bytes + places * SyncLayout.line }

    // aux0: readers that wait; aux1: writers in a row.
    @inlinable var readersWaiting: Int { at + SyncLayout.aux0 }
    @inlinable var row: Int { at + SyncLayout.aux1 }
    @inlinable func place(_ index: Int) -> Int { at + SyncLayout.bytes + SyncLayout.line * index }

    /// Who writes, dead or alive.
    @inlinable public var writer: Owner? { Owner(in: words.load(at)) }
    @inlinable public var isPoisoned: Bool { words.load(at) & Owner.poisonedBit != 0 }

    // MARK: Writers

    /// Waits until the lock is the caller's alone.
    ///
    /// - Throws: ``SyncError/notOwner`` where `me` holds it already, as reader or writer,
    ///   ``SyncError/poisoned``, and what `waiter` throws; the caller then does not hold the lock.
    public func lock(as me: Owner, _ waiter: inout some Waiter, _ liveness: some Liveness)
        throws(SyncError) -> Acquisition
    {
        letReadersPass(&waiter)
        let account = SyncAccount(words, at: at)
        var note = WaitNote()
        var isContended = false
        do throws(SyncError) {
            var looks = Looks()
            var dead: UInt64?
            while true {
                let ask = looks.isTimeToAsk(waiter.slept)
                dead = try attempt(as: me) { ask && liveness.isLost($0) }
                if dead != nil { break }
                isContended = true
                do { try waiter.wait() } catch {
                    dead = try attempt(as: me) { liveness.isLost($0) }
                    if dead != nil { break }
                    throw error
                }
                note.look(account, waiter.waited)
            }
            return try drain(as: me, dead ?? 0, isContended, &waiter, &note, liveness)
        } catch {
            note.end(account, waiter.waited)
            throw error
        }
    }

    /// Gives the lock back. Poisons it where the writer before died and the data was not declared
    /// consistent.
    ///
    /// - Throws: ``SyncError/notOwner``.
    @inlinable
    public func unlock(as me: Owner) throws(SyncError) {
        let seen = words.loadRelaxed(at)
        guard seen & Owner.mask == me.word else { throw .notOwner }
        words.storeRelaxed(words.loadRelaxed(row) &+ 1, at: row)
        words.store(seen & Owner.poisonedBit, at: at)
    }

    /// Declares that the data a dead writer left has been repaired.
    ///
    /// - Throws: ``SyncError/notOwner``.
    @inlinable
    public func consistent(as me: Owner) throws(SyncError) {
        guard words.loadRelaxed(at) & Owner.mask == me.word else { throw .notOwner }
        words.store(me.word, at: at)
    }

    /// Some moments for those who wait to read, where many have written. Moments, because a reader that
    /// died waiting is counted for ever.
    @usableFromInline
    func letReadersPass(_ waiter: inout some Waiter) {
        guard words.loadRelaxed(row) >= Self.writersInARow else { return }
        var looks = 0
        while words.loadRelaxed(readersWaiting) > 0 && words.loadRelaxed(row) != 0
            && looks < Looks.perQuestion
        {
            looks += 1
            do { try waiter.wait() } catch { break }
        }
        words.storeRelaxed(0, at: row)
    }

    /// Takes the writer's word: what was there, 0 or a dead writer's; `nil` where a living one has it.
    @usableFromInline
    func attempt(as me: Owner, isLost: (Owner) -> Bool) throws(SyncError) -> UInt64? {
        let seen = words.load(at)
        guard let holder = Owner(in: seen) else {
            if seen & Owner.poisonedBit != 0 { throw .poisoned }
            return words.compareExchange(0, me.word, at: at) == 0 ? 0 : nil
        }
        if holder == me { throw .notOwner }
        guard isLost(holder) else { return nil }
        let mine = me.word | Owner.poisonedBit
        return words.compareExchange(seen, mine, at: at) == seen ? seen : nil
    }

    /// With the word taken, waits until nobody reads. Where that fails, puts back what was there.
    @usableFromInline
    func drain(
        as me: Owner, _ before: UInt64, _ wasContended: Bool, _ waiter: inout some Waiter,
        _ note: inout WaitNote, _ liveness: some Liveness
    ) throws(SyncError) -> Acquisition {
        let account = SyncAccount(words, at: at)
        // A reader stores its place, then loads the word; here it is the other way round. Both in the
        // one order that all see, so that one sees the other.
        words.storeSequential(words.loadRelaxed(at), at: at)
        var isContended = wasContended
        for index in 0..<places {
            var looks = Looks()
            var seen = words.loadSequential(place(index))
            while let reader = Owner(in: seen) {
                var failure: SyncError? = reader == me ? .notOwner : nil
                if failure == nil && looks.isTimeToAsk(waiter.slept)
                    && clear(index, seen, reader, liveness)
                {
                    break
                }
                isContended = true
                if failure == nil {
                    do { try waiter.wait() } catch {
                        if !clear(index, seen, reader, liveness) { failure = error }
                    }
                    note.look(account, waiter.waited)
                }
                seen = words.load(place(index))
                if let failure, seen != 0 {
                    words.store(before, at: at)
                    throw failure
                }
            }
        }
        account.acquired()
        if isContended { account.contended(nanoseconds: waiter.waited) }
        if note.isCounted { account.endWaiting() }
        if before != 0 { account.died() }
        return before == 0 ? .clean : .ownerDied
    }

    /// Clears a dead reader's place.
    @usableFromInline
    func clear(_ index: Int, _ seen: UInt64, _ reader: Owner, _ liveness: some Liveness) -> Bool {
        guard liveness.isLost(reader) else { return false }
        if words.compareExchange(seen, 0, at: place(index)) == seen {
            SyncAccount(words, at: at).diedTogether()
        }
        return true
    }
}
