// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A queue of words with one producer and one consumer, in the order of pushing; no locked operation.
///
/// Positions count for ever; the element of position *p* lies in cell *p* modulo the capacity. Each
/// side writes a line of its own, on which it also notes what it last saw of the other's, so that the
/// lines pass between the two once for many elements.
///
///     line 2   producer: elements ever pushed, elements that it knows to have been popped
///     line 3   consumer: elements ever popped, elements that it knows to have been pushed
///     line 4.. the cells
///
/// ## If the holder dies
/// An element counts from its producer's last store: one half pushed was never there. One that the
/// consumer was popping is there still, or gone with it. Another thread may take a dead thread's
/// place as it stands, once ``Liveness`` is certain: the ring itself does not know its two threads.
public struct Ring<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    public let capacity: Int

    /// What a ring of so many elements takes of a region.
    @inlinable public static func bytes(capacity: Int) -> Int { 256 + capacity * 8 }

    @inlinable static var pushed: Int { 128 }
    @inlinable static var knownPopped: Int { 136 }
    @inlinable static var popped: Int { 192 }
    @inlinable static var knownPushed: Int { 200 }

    /// A view of the ring in these words, all 0 at first.
    ///
    /// - Parameter capacity: elements, a power of two, the same for both.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, capacity: Int) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0)
        precondition(words.count >= Self.bytes(capacity: capacity))
        self.words = words
        self.capacity = capacity
    }

    @inlinable
    func cell(_ position: UInt64) -> Int {
        256 + Int(truncatingIfNeeded: position & UInt64(capacity - 1)) * 8
    }

    /// Elements in it, as whoever is neither of the two sees it.
    @inlinable
    public var count: Int {
        let popped = words.load(Self.popped)
        let count = words.load(Self.pushed) &- popped
        return Int(truncatingIfNeeded: min(count, UInt64(capacity)))
    }

    /// Adds an element; `false` where there is no room. For the producer alone.
    @inlinable
    public func tryPush(_ value: UInt64) -> Bool {
        let position = words.loadRelaxed(Self.pushed)
        if position &- words.loadRelaxed(Self.knownPopped) >= UInt64(capacity) {
            let popped = words.load(Self.popped)
            if position &- popped >= UInt64(capacity) { return false }
            words.storeRelaxed(popped, at: Self.knownPopped)
        }
        words.storeRelaxed(value, at: cell(position))
        words.store(position &+ 1, at: Self.pushed)
        return true
    }

    /// Takes the oldest element; `nil` where there is none. For the consumer alone.
    @inlinable
    public func tryPop() -> UInt64? {
        let position = words.loadRelaxed(Self.popped)
        if position == words.loadRelaxed(Self.knownPushed) {
            let pushed = words.load(Self.pushed)
            if position == pushed { return nil }
            words.storeRelaxed(pushed, at: Self.knownPushed)
        }
        let value = words.loadRelaxed(cell(position))
        words.store(position &+ 1, at: Self.popped)
        return value
    }

    /// Adds an element, waiting for room.
    ///
    /// - Throws: what `waiter` throws; the element is then not in the ring.
    @inlinable
    public func push(_ value: UInt64, _ waiter: inout some Waiter) throws(SyncError) {
        while !tryPush(value) {
            do { try waiter.wait() } catch {
                if tryPush(value) { return }
                throw error
            }
        }
    }

    /// Takes the oldest element, waiting for one.
    ///
    /// - Throws: what `waiter` throws; nothing has then been taken.
    @inlinable
    public func pop(_ waiter: inout some Waiter) throws(SyncError) -> UInt64 {
        while true {
            if let value = tryPop() { return value }
            do { try waiter.wait() } catch {
                if let value = tryPop() { return value }
                throw error
            }
        }
    }
}
