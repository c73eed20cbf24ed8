// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// How a lock was taken.
public enum Acquisition: Sendable, Equatable {
    case clean
    /// The holder before died. The caller holds the lock, must repair the data and then say
    /// ``RobustLock/consistent(as:)``, or the lock is poisoned when it is given back.
    case ownerDied
}

/// Mutual exclusion by one word, which names the holder (see ``Owner``). Not fair: a queue would make
/// everybody wait for a preempted vCPU, and a dead waiter would break it.
///
/// ## If the holder dies
/// The next to come takes the word over, once ``Liveness`` is certain, and is told
/// ``Acquisition/ownerDied``. If it dies too, the next is told the same. If it gives the lock back
/// without ``consistent(as:)``, everybody after is refused with ``SyncError/poisoned``.
public struct RobustLock<W: Word & ~Escapable>: ~Escapable {
    @usableFromInline let word: W

    /// A view of the lock in this word, 0 at first.
    @_lifetime(copy word)
    @inlinable
    public init(_ word: W) { self.word = word }

    /// Who has it, dead or alive.
    @inlinable public var holder: Owner? { Owner(in: word.load()) }

    @inlinable public var isPoisoned: Bool { word.load() & Owner.poisonedBit != 0 }

    /// How many looks at a held lock lie between two questions about its holder's life.
    @inlinable static var looksPerQuestion: Int { 16 }
    /// Each look takes the line from the holder, whose next turns then wait for it: between two looks
    /// lies twice the time that lay between the two before, up to so many pauses (Anderson, "The
    /// performance of spin lock alternatives", 1990).
    @inlinable static var longestPause: Int { 64 }

    /// Waits until the lock is the caller's.
    ///
    /// - Throws: ``SyncError/notOwner`` where `me` has it already, ``SyncError/poisoned``, and
    ///   whatever `waiter` throws; the caller then does not hold the lock.
    @inlinable
    public func lock(
        as me: Owner, _ waiter: inout some Waiter, _ liveness: some Liveness
    ) throws(SyncError) -> Acquisition {
        if word.compareExchange(0, me.word) == 0 { return .clean }
        return try lockSlowly(as: me, &waiter, liveness)
    }

    /// Takes the lock if that needs no waiting; `nil` where a living thread has it.
    ///
    /// - Throws: ``SyncError/notOwner`` and ``SyncError/poisoned`` as
    ///   ``lock(as:_:_:)``.
    @inlinable
    public func tryLock(as me: Owner, _ liveness: some Liveness) throws(SyncError) -> Acquisition? {
        if word.compareExchange(0, me.word) == 0 { return .clean }
        return try attempt(as: me) { liveness.isLost($0) }
    }

    /// Gives the lock back. Poisons it where the holder before died and the data was not declared
    /// consistent.
    ///
    /// - Throws: ``SyncError/notOwner``.
    @inlinable
    public func unlock(as me: Owner) throws(SyncError) {
        let seen = word.load()
        guard seen & Owner.mask == me.word else { throw .notOwner }
        word.store(seen & Owner.poisonedBit)
    }

    /// Declares that the data a dead holder left has been repaired.
    ///
    /// - Throws: ``SyncError/notOwner``.
    @inlinable
    public func consistent(as me: Owner) throws(SyncError) {
        guard word.load() & Owner.mask == me.word else { throw .notOwner }
        word.store(me.word)
    }

    /// - Parameter willWait: called once, when a moment's patience was not enough.
    @usableFromInline
    func lockSlowly(
        as me: Owner, _ waiter: inout some Waiter, _ liveness: some Liveness,
        willWait: () -> Void = {}
    ) throws(SyncError) -> Acquisition {
        var looks = 0
        var pause = 1
        while true {
            // The question may cost a system call: not at every look.
            looks &+= 1
            let ask = waiter.slept || looks % Self.looksPerQuestion == 0
            if let taken = try attempt(as: me, isLost: { ask && liveness.isLost($0) }) {
                return taken
            }
            if looks == 2 { willWait() }
            waiter.pause(pause)
            pause = min(2 * pause, Self.longestPause)
            do { try waiter.wait() } catch {
                // The loss that ends the wait may be the holder's.
                if let taken = try attempt(as: me, isLost: { liveness.isLost($0) }) {
                    return taken
                }
                throw error
            }
        }
    }

    /// One try: reads first, and writes only where it can succeed, so that the holder's line stays
    /// with the holder.
    @usableFromInline
    func attempt(as me: Owner, isLost: (Owner) -> Bool) throws(SyncError) -> Acquisition? {
        let seen = word.load()
        guard let holder = Owner(in: seen) else {
            if seen & Owner.poisonedBit != 0 { throw .poisoned }
            return word.compareExchange(seen, me.word) == seen ? .clean : nil
        }
        if holder == me { throw .notOwner }
        guard isLost(holder) else { return nil }
        let taken = word.compareExchange(seen, me.word | Owner.poisonedBit) == seen
        return taken ? .ownerDied : nil
    }
}
