// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A number of permits, of which each is with one thread or free. Each permit has a place, a word that
/// names who has it, so that taking one and saying who has it are one step.
///
/// Permits can also be made and used up (``signal()``, ``consume(_:as:)``): a semaphore of *n* places can
/// begin with fewer permits. ``bytes(permits:)`` of zeros at first, but for what ``build(_:at:permits:free:)``
/// wrote.
///
/// ## If the holder dies
/// The next to look for a permit and find none takes over one of the dead holder's, once ``Liveness`` is
/// certain, and is told ``Acquisition/ownerDied``. No permit is lost.
public struct Semaphore<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let at: Int
    public let permits: Int

    /// There is no permit in this place.
    @inlinable static var none: UInt64 { 1 << 62 }
    @inlinable public static var mostPermits: Int { 4096 }

    /// - Parameter permits: places, 1 to 4096, the same for everybody.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at offset: Int, permits: Int) {
        precondition(permits >= 1 && permits <= Self.mostPermits)
        self.words = words
        at = offset
        self.permits = permits
    }

    @inlinable
    public static func bytes(permits: Int) -> Int {
        SyncLayout.bytes + (permits * 8 + SyncLayout.line - 1) / SyncLayout.line * SyncLayout.line
    }

    /// By whoever makes the semaphore, before others use it.
    ///
    /// - Parameter free: how many permits there are at first.
    public static func build(_ words: borrowing M, at offset: Int, permits: Int, free: Int) {
        precondition(free >= 0 && free <= permits)
        words.storeRelaxed(UInt64(permits), at: offset + SyncLayout.aux0)
        for place in free..<permits {
            words.store(none, at: offset + SyncLayout.bytes + 8 * place)
        }
    }

    @inlinable func place(_ index: Int) -> Int { at + SyncLayout.bytes + 8 * index }

    /// Permits that nobody has, at a moment that may be over.
    public var free: Int { (0..<permits).count { words.loadRelaxed(place($0)) == 0 } }

    /// Waits until it has a permit. A thread may have several.
    ///
    /// - Throws: what `waiter` throws.
    @inlinable
    public func acquire(as me: Owner, _ waiter: inout some Waiter, _ liveness: some Liveness)
        throws(SyncError) -> Permit
    {
        if let permit = take(as: me) { return permit }
        return try acquireSlowly(as: me, &waiter, liveness)
    }

    /// Takes a permit if that needs no waiting.
    @inlinable
    public func tryAcquire(as me: Owner, _ liveness: some Liveness) -> Permit? {
        if let permit = take(as: me) { return permit }
        return takeOver(as: me, liveness)
    }

    /// - Throws: ``SyncError/notOwner``.
    @inlinable
    public func release(_ permit: Permit, as me: Owner) throws(SyncError) {
        try leave(permit, 0, as: me)
    }

    /// Ends a permit: there is one less.
    ///
    /// - Throws: ``SyncError/notOwner``.
    @inlinable
    public func consume(_ permit: Permit, as me: Owner) throws(SyncError) {
        try leave(permit, Self.none, as: me)
    }

    /// Makes a permit, for anybody to take.
    ///
    /// - Throws: ``SyncError/tooManyArrivals(size:)`` where all places have one.
    public func signal() throws(SyncError) {
        for index in 0..<permits where words.loadRelaxed(place(index)) == Self.none {
            if words.compareExchange(Self.none, 0, at: place(index)) == Self.none { return }
        }
        throw .tooManyArrivals(size: permits)
    }

    @inlinable
    func leave(_ permit: Permit, _ word: UInt64, as me: Owner) throws(SyncError) {
        let place = place(permit.place)
        guard words.loadRelaxed(place) == me.word else { throw .notOwner }
        words.store(word, at: place)
    }

    /// A free one. Threads begin to look at different places.
    @inlinable
    func take(as me: Owner) -> Permit? {
        var index = Int(me.thread) % permits
        for _ in 0..<permits {
            if words.loadRelaxed(place(index)) == 0,
                words.compareExchange(0, me.word, at: place(index)) == 0
            {
                return Permit(place: index, .clean)
            }
            index += 1
            if index == permits { index = 0 }
        }
        return nil
    }

    /// A dead holder's.
    @usableFromInline
    func takeOver(as me: Owner, _ liveness: some Liveness) -> Permit? {
        for index in 0..<permits {
            let seen = words.load(place(index))
            guard let holder = Owner(in: seen), holder != me, liveness.isLost(holder) else {
                continue
            }
            if words.compareExchange(seen, me.word, at: place(index)) == seen {
                SyncAccount(words, at: at).diedTogether()
                return Permit(place: index, .ownerDied)
            }
        }
        return nil
    }

    @usableFromInline
    func acquireSlowly(as me: Owner, _ waiter: inout some Waiter, _ liveness: some Liveness)
        throws(SyncError) -> Permit
    {
        let account = SyncAccount(words, at: at)
        var note = WaitNote()
        var looks = Looks()
        while true {
            var permit = take(as: me)
            if permit == nil && looks.isTimeToAsk(waiter.slept) {
                permit = takeOver(as: me, liveness)
            }
            if permit == nil {
                do { try waiter.wait() } catch {
                    permit = tryAcquire(as: me, liveness)
                    if permit == nil {
                        note.end(account, waiter.waited)
                        throw error
                    }
                }
                note.look(account, waiter.waited)
            }
            guard let permit else { continue }
            note.end(account, waiter.waited)
            return permit
        }
    }
}
