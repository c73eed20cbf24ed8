// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A ``RobustLock`` that is an object of its own: in the two lines that objects begin with
/// (``SyncLayout``), so that it counts its use and the host can show who has it.
///
/// The holder counts by plain stores to the line that it has anyway; only who waits adds.
///
/// ## If the holder dies
/// As ``RobustLock``. A thread that dies while it waits stays counted as a waiter.
public struct CountedLock<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let base: Int

    /// A view of the lock whose first byte lies at `base`, all zero at first.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at base: Int) {
        self.words = words
        self.base = base
    }

    @inlinable var lock: RobustLock<WordOfWords<M>> {
        @_lifetime(copy self) get { RobustLock(words.word(at: base + SyncLayout.word)) }
    }

    @inlinable var account: SyncAccount<M> {
        @_lifetime(copy self) get { SyncAccount(words, at: base) }
    }

    /// As ``RobustLock/holder``.
    @inlinable public var holder: Owner? { lock.holder }

    /// As ``RobustLock/isPoisoned``.
    @inlinable public var isPoisoned: Bool { lock.isPoisoned }

    /// Takes the lock if it is free and was never left by a dead holder; `false` where that needs more
    /// than one look: ``lock(as:_:_:)`` and ``tryLock(as:_:)`` then do what is to be done.
    @inline(__always)
    @inlinable
    public func lockAtOnce(as me: Owner) -> Bool {
        guard words.compareExchange(0, me.word, at: base + SyncLayout.word) == 0 else {
            return false
        }
        account.acquired()
        return true
    }

    /// As ``RobustLock/lock(as:_:_:)``.
    @inlinable
    public func lock(
        as me: Owner, _ waiter: inout some Waiter, _ liveness: some Liveness
    ) throws(SyncError) -> Acquisition {
        if lockAtOnce(as: me) { return .clean }
        var isWaiting = false
        defer { if isWaiting { account.endWaiting() } }
        let acquisition = try lock.lockSlowly(as: me, &waiter, liveness) {
            isWaiting = true
            account.beginWaiting()
        }
        account.acquired()
        account.contended(nanoseconds: waiter.waited)
        if acquisition == .ownerDied { account.died() }
        return acquisition
    }

    /// As ``RobustLock/tryLock(as:_:)``.
    @inlinable
    public func tryLock(as me: Owner, _ liveness: some Liveness) throws(SyncError) -> Acquisition? {
        if lockAtOnce(as: me) { return .clean }
        let acquisition = try lock.tryLock(as: me, liveness)
        if acquisition != nil { account.acquired() }
        if acquisition == .ownerDied { account.died() }
        return acquisition
    }

    /// As ``RobustLock/unlock(as:)``.
    @inline(__always)
    @inlinable
    public func unlock(as me: Owner) throws(SyncError) { try lock.unlock(as: me) }

    /// As ``RobustLock/consistent(as:)``.
    @inlinable
    public func consistent(as me: Owner) throws(SyncError) { try lock.consistent(as: me) }
}
