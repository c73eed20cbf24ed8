// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A count that threads bring down to zero, once, and a gate that opens then and stays open.
/// ``SyncLayout/bytes``, zero at first but for what ``build(_:at:count:)`` wrote.
///
/// ## If the holder dies
/// Nobody holds it. Who dies before counting down is missing: the waits of the others end as their
/// ``Waiter`` says. Whoever knows that the lost one had not counted can do it in its place.
public struct Latch<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let at: Int

    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at offset: Int) {
        self.words = words
        at = offset
    }

    /// By whoever makes the latch, before others use it.
    public static func build(_ words: borrowing M, at offset: Int, count: Int) {
        precondition(count >= 0)
        words.storeRelaxed(UInt64(count), at: offset + SyncLayout.aux0)
        words.store(UInt64(count), at: offset)
    }

    /// What is still to be counted down.
    @inlinable public var count: Int { Int(words.load(at)) }

    /// - Throws: ``SyncError/tooManyArrivals(size:)``, with the count at first, where less is left.
    @inlinable
    public func countDown(by less: Int = 1) throws(SyncError) {
        precondition(less >= 0)
        var seen = words.loadRelaxed(at)
        while true {
            guard seen >= UInt64(less) else {
                throw .tooManyArrivals(size: Int(words.loadRelaxed(at + SyncLayout.aux0)))
            }
            let found = words.compareExchange(seen, seen - UInt64(less), at: at)
            if found == seen { return }
            seen = found
        }
    }

    /// Waits until the count is zero. What all wrote before they counted is then seen.
    ///
    /// - Throws: what `waiter` throws.
    @inlinable
    public func wait(_ waiter: inout some Waiter) throws(SyncError) {
        if words.load(at) != 0 { try waitSlowly(&waiter) }
    }

    @usableFromInline
    func waitSlowly(_ waiter: inout some Waiter) throws(SyncError) {
        let account = SyncAccount(words, at: at)
        var note = WaitNote()
        while words.load(at) != 0 {
            do { try waiter.wait() } catch {
                if words.load(at) == 0 { break }
                note.end(account, waiter.waited)
                throw error
            }
            note.look(account, waiter.waited)
        }
        note.end(account, waiter.waited)
    }
}
