// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// How an object counts its own use, in the two lines that every object begins with
/// (``SyncLayout``). Nobody decides anything by these figures.
///
/// Whoever holds an object alone counts by plain loads and stores: it has the lines anyway, and
/// nobody else counts meanwhile. Where several may count at once, it takes an addition, which only
/// those pay who have waited.
///
/// ## If the holder dies
/// What it has not counted yet is not counted.
@frozen
public struct SyncAccount<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let base: Int

    /// Of the object whose first byte lies at `base`.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at base: Int) {
        self.words = words
        self.base = base
    }

    // MARK: By whoever holds the object alone

    @inlinable
    public func acquired() { raise(SyncLayout.acquisitions, by: 1) }

    /// The acquisition had to wait so long.
    @inlinable
    public func contended(nanoseconds: UInt64) {
        raise(SyncLayout.contended, by: 1)
        guard nanoseconds > 0 else { return }
        raise(SyncLayout.waitNanoseconds, by: nanoseconds)
        let (offset, one) = Self.count(nanoseconds)
        raise(offset, by: one)
    }

    @inlinable
    public func died() { raise(SyncLayout.deaths, by: 1) }

    // MARK: By anybody

    @inlinable
    public func acquiredTogether() { _ = words.add(1, at: base + SyncLayout.acquisitions) }

    @inlinable
    public func contendedTogether(nanoseconds: UInt64) {
        _ = words.add(1, at: base + SyncLayout.contended)
        guard nanoseconds > 0 else { return }
        _ = words.add(nanoseconds, at: base + SyncLayout.waitNanoseconds)
        let (offset, one) = Self.count(nanoseconds)
        _ = words.add(one, at: base + offset)
    }

    @inlinable
    public func diedTogether(_ count: UInt64 = 1) {
        _ = words.add(count, at: base + SyncLayout.deaths)
    }

    @inlinable
    public func beginWaiting() { _ = words.add(1, at: base + SyncLayout.waiters) }

    @inlinable
    public func endWaiting() { _ = words.add(UInt64.max, at: base + SyncLayout.waiters) }

    // MARK: The words

    @inlinable
    func raise(_ field: Int, by more: UInt64) {
        let value = words.loadRelaxed(base + field)
        words.storeRelaxed(value &+ more, at: base + field)
    }

    /// The word that holds the count of such waits, and what one of them adds to it. A count that
    /// overflows after four thousand million waits spoils its neighbour by one.
    @inlinable
    static func count(_ nanoseconds: UInt64) -> (Int, UInt64) {
        let bucket = SyncLayout.bucket(nanoseconds: nanoseconds)
        return (SyncLayout.waits + bucket / 2 * 8, 1 << UInt64(bucket % 2 * 32))
    }
}
