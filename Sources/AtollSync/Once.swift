// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// What a thread that comes to something done once has to do.
public enum OnceStep: Sendable, Equatable {
    /// Nothing: it is done, and all that it wrote is seen.
    case done
    /// Do it, then say ``Once/finish(as:)``. With ``Acquisition/ownerDied``, one before has begun and
    /// died, or given up after such a death.
    case run(Acquisition)
}

/// Something that one thread of all does, and that is done for the others when they have come past it.
/// ``SyncLayout/bytes`` of zeros at first.
///
/// ## If the holder dies
/// Who dies while doing it is found out by those who wait (``Liveness``): one of them does it again, and
/// is told that another has begun.
public struct Once<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let at: Int

    @inlinable static var done: UInt64 { 1 << 62 }

    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at offset: Int) {
        self.words = words
        at = offset
    }

    @inlinable public var isDone: Bool { words.load(at) == Self.done }

    /// Waits until it is done, or is this thread's to do.
    ///
    /// - Throws: ``SyncError/notOwner`` where `me` is doing it already, and what `waiter` throws.
    @inlinable
    public func begin(as me: Owner, _ waiter: inout some Waiter, _ liveness: some Liveness)
        throws(SyncError) -> OnceStep
    {
        if words.load(at) == Self.done { return .done }
        return try beginSlowly(as: me, &waiter, liveness)
    }

    /// Says that it is done.
    ///
    /// - Throws: ``SyncError/notOwner``.
    @inlinable
    public func finish(as me: Owner) throws(SyncError) { try leave(Self.done, as: me) }

    /// Leaves it to the next to come.
    ///
    /// - Throws: ``SyncError/notOwner``.
    @inlinable
    public func cancel(as me: Owner) throws(SyncError) {
        try leave(words.loadRelaxed(at) & Owner.poisonedBit, as: me)
    }

    @inlinable
    func leave(_ word: UInt64, as me: Owner) throws(SyncError) {
        guard words.loadRelaxed(at) & Owner.mask == me.word else { throw .notOwner }
        words.store(word, at: at)
    }

    @usableFromInline
    func beginSlowly(as me: Owner, _ waiter: inout some Waiter, _ liveness: some Liveness)
        throws(SyncError) -> OnceStep
    {
        let account = SyncAccount(words, at: at)
        var note = WaitNote()
        var looks = Looks()
        do throws(SyncError) {
            while true {
                let ask = looks.isTimeToAsk(waiter.slept)
                var step = try attempt(as: me) { ask && liveness.isLost($0) }
                if step == nil {
                    do { try waiter.wait() } catch {
                        step = try attempt(as: me) { liveness.isLost($0) }
                        if step == nil { throw error }
                    }
                    note.look(account, waiter.waited)
                }
                guard let step else { continue }
                note.end(account, waiter.waited)
                return step
            }
        } catch {
            note.end(account, waiter.waited)
            throw error
        }
    }

    @usableFromInline
    func attempt(as me: Owner, isLost: (Owner) -> Bool) throws(SyncError) -> OnceStep? {
        let account = SyncAccount(words, at: at)
        // What a compare-and-swap finds instead may be the last that is ever written here.
        while true {
            let seen = words.load(at)
            if seen == Self.done { return .done }
            let holder = Owner(in: seen)
            if let holder {
                if holder == me { throw .notOwner }
                guard isLost(holder) else { return nil }
            }
            let mine = me.word | (seen == 0 ? 0 : Owner.poisonedBit)
            guard words.compareExchange(seen, mine, at: at) == seen else { continue }
            account.acquired()
            if holder != nil { account.died() }
            return .run(seen == 0 ? .clean : .ownerDied)
        }
    }
}
