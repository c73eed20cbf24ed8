// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A ``CountedLock`` that its holder may take again; it is free when it was given back as often. How
/// often is the object's first own word, which the holder alone writes.
///
/// ## If the holder dies
/// As ``RobustLock``. Who takes it from a dead holder has it once.
public struct RecursiveLock<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let base: Int

    /// A view of the lock whose first byte lies at `base`, all zero at first.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at base: Int) {
        self.words = words
        self.base = base
    }

    @inlinable var once: CountedLock<M> {
        @_lifetime(copy self) get { CountedLock(words, at: base) }
    }

    @inlinable var depthAt: Int { base + SyncLayout.aux0 }

    /// How often `me` has it; 0 where it does not.
    @inlinable
    public func depth(of me: Owner) -> UInt64 {
        once.holder == me ? words.loadRelaxed(depthAt) + 1 : 0
    }

    /// Waits until the lock is the caller's, and takes it once more where it is already.
    ///
    /// - Throws: ``SyncError/poisoned``, and whatever `waiter` throws; the caller then does not hold the
    ///   lock.
    @inlinable
    public func lock(
        as me: Owner, _ waiter: inout some Waiter, _ liveness: some Liveness
    ) throws(SyncError) -> Acquisition {
        if again(me) { return .clean }
        return first(try once.lock(as: me, &waiter, liveness))
    }

    /// Takes the lock if that needs no waiting; `nil` where a living thread has it.
    ///
    /// - Throws: ``SyncError/poisoned``.
    @inlinable
    public func tryLock(as me: Owner, _ liveness: some Liveness) throws(SyncError) -> Acquisition? {
        if again(me) { return .clean }
        return try once.tryLock(as: me, liveness).map { first($0) }
    }

    /// Gives the lock back once.
    ///
    /// - Throws: ``SyncError/notOwner``.
    @inlinable
    public func unlock(as me: Owner) throws(SyncError) {
        guard once.holder == me else { throw .notOwner }
        let depth = words.loadRelaxed(depthAt)
        if depth > 0 { return words.storeRelaxed(depth - 1, at: depthAt) }
        try once.unlock(as: me)
    }

    /// As ``RobustLock/consistent(as:)``.
    @inlinable
    public func consistent(as me: Owner) throws(SyncError) { try once.consistent(as: me) }

    @inlinable
    func again(_ me: Owner) -> Bool {
        // Nobody but the holder itself makes it the holder, or not the holder.
        guard once.holder == me else { return false }
        words.storeRelaxed(words.loadRelaxed(depthAt) + 1, at: depthAt)
        return true
    }

    /// A dead holder may have left any depth.
    @inlinable
    func first(_ acquisition: Acquisition) -> Acquisition {
        if acquisition == .ownerDied { words.storeRelaxed(0, at: depthAt) }
        return acquisition
    }
}
