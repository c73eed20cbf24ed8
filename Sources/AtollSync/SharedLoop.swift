// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// One descriptor of a ring by which the threads of a team share out loops, and other constructs that
/// all of them meet in the same order.
///
/// Construct number *n* uses descriptor *n* modulo ``ring``. A thread may use it when its `number` is
/// *n*. Whoever knows that all have left it makes it ready for *n* + ``ring``: the last to leave, or,
/// where the construct ends in a barrier, the last to come there. Only then is the number stored, so
/// that a thread that is ahead cannot take from a descriptor that others still use, nor find there what
/// they left.
///
/// ## If the holder dies
/// A descriptor belongs to nobody. What a dead thread took is not handed out again, and a descriptor
/// that it has not left is never ready again: who waits for it learns of the loss from the ``Waiter``.
/// ``renew(_:ring:from:)`` makes all of them ready once the dead are known and the living stand still.
public struct SharedLoop<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    /// Where the descriptor lies.
    @usableFromInline let base: Int

    /// Descriptors of a ring, and lanes of a descriptor: what the layout's header says.
    @inlinable public static var ring: UInt64 { 8 }
    @inlinable public static var lanes: Int { 16 }
    @inlinable public static var bytes: Int { (3 + lanes) * 64 }

    @inlinable static var leftAt: Int { 64 }
    @inlinable static var turnAt: Int { 128 }
    @inlinable static var lanesAt: Int { 192 }

    /// The descriptor for construct `number` of the ring that starts at `ring`, made by
    /// ``renew(_:ring:from:)`` at first.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, ring start: Int, number: UInt64) {
        self.words = words
        base = start + Int(number % Self.ring) * Self.bytes
    }

    /// Whether the descriptor is that of construct `number`.
    @inlinable
    public func isReady(_ number: UInt64) -> Bool { words.load(base) == number }

    /// Waits until the descriptor is that of construct `number`.
    ///
    /// - Throws: whatever `waiter` throws.
    @inlinable
    public func enter(_ number: UInt64, _ waiter: inout some Waiter) throws(SyncError) {
        while words.load(base) != number {
            do { try waiter.wait() } catch {
                if words.load(base) != number { throw error }
            }
        }
    }

    /// Takes the next ticket of a lane; the first is 0. Look at ``taken(_:)`` before, where others
    /// may have taken all: this writes even if nothing is left.
    @inlinable
    public func take(_ lane: Int) -> UInt64 { words.add(1, at: base + Self.lanesAt + lane * 64) }

    /// How many tickets of a lane have been asked for.
    @inlinable
    public func taken(_ lane: Int) -> UInt64 { words.load(base + Self.lanesAt + lane * 64) }

    /// Moves the first lane's word on from `seen`, where tickets are of different sizes. Gives what
    /// was there.
    @inlinable
    public func advance(_ seen: UInt64, to next: UInt64) -> UInt64 {
        words.compareExchange(seen, next, at: base + Self.lanesAt)
    }

    /// Which iteration's turn it is in an ordered loop; the first is 0.
    @inlinable public var turn: UInt64 { words.load(base + Self.turnAt) }

    /// Ends the turn; what was done in it, the next sees.
    @inlinable
    public func endTurn(_ next: UInt64) { words.store(next, at: base + Self.turnAt) }

    /// Leaves the construct, of which nothing is used any more. The last of `size` threads makes the
    /// descriptor ready for its next use.
    @inlinable
    public func leave(_ number: UInt64, of size: Int) {
        if words.add(1, at: base + Self.leftAt) + 1 == UInt64(size) { recycle(number) }
    }

    /// Makes the descriptor ready for its next use. Only by who knows that all have left it.
    @inlinable
    public func recycle(_ number: UInt64) { clear(next: number &+ Self.ring) }

    @usableFromInline
    func clear(next: UInt64) {
        for lane in 0..<Self.lanes { words.storeRelaxed(0, at: base + Self.lanesAt + lane * 64) }
        words.storeRelaxed(0, at: base + Self.turnAt)
        words.storeRelaxed(0, at: base + Self.leftAt)
        words.store(next, at: base)
    }

    /// Makes a whole ring ready, the next construct being `number`. Only while nobody uses it.
    public static func renew(_ words: borrowing M, ring start: Int, from number: UInt64) {
        for ahead in 0..<ring {
            let next = number &+ ahead
            SharedLoop(copy words, ring: start, number: next).clear(next: next)
        }
    }

    /// The number of the next construct, where nobody uses the ring.
    public static func next(_ words: borrowing M, ring start: Int) -> UInt64 {
        var least = UInt64.max
        for index in 0..<Int(ring) { least = min(least, words.load(start + index * bytes)) }
        return least
    }
}
