// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A stack of words for one thread, its *owner*, from whose other end any thread may steal: what a
/// scheduler of tasks keeps for each thread.
///
/// Bounded, after D. Chase and Y. Lev (SPAA 2005), with the orders of N. Lê and others (PPoPP 2013).
/// Their two fences are sequential operations here: the owner lowers `bottom` before it looks at
/// `top`, a thief looks at `top` before `bottom`, and of the two one sees the other.
///
///     line 2   thieves: elements ever taken from the top
///     line 3   owner: one past the last element
///     line 4.. the cells
///
/// ## If the holder dies
/// A thief holds nothing: stealing is one compare-and-exchange. What a dead owner left can be stolen
/// by everybody, but for the one element that it was about to pop, which went with it. Another
/// thread may become the owner as it stands, once ``Liveness`` is certain.
public struct StealingDeque<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    public let capacity: Int

    /// What a deque of so many elements takes of a region.
    @inlinable public static func bytes(capacity: Int) -> Int { 256 + capacity * 8 }

    @inlinable static var top: Int { 128 }
    @inlinable static var bottom: Int { 192 }

    /// What an attempt to steal has come to.
    @frozen
    public enum Stolen: Equatable, Sendable {
        case value(UInt64)
        /// There is nothing to steal.
        case nothing
        /// Another thread took it first; there may be more.
        case beaten
    }

    /// A view of the deque in these words, all 0 at first.
    ///
    /// - Parameter capacity: elements, a power of two, the same for everybody.
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

    /// Elements in it, about: others come and go.
    @inlinable
    public var count: Int {
        let top = words.load(Self.top)
        // An owner in the middle of popping an empty deque has lowered `bottom` under `top`.
        let count = Int64(bitPattern: words.load(Self.bottom) &- top)
        return Int(max(0, min(count, Int64(capacity))))
    }

    /// Adds an element at the owner's end; `false` where there is no room. For the owner alone.
    @inlinable
    public func push(_ value: UInt64) -> Bool {
        let bottom = words.loadRelaxed(Self.bottom)
        guard bottom &- words.load(Self.top) < UInt64(capacity) else { return false }
        words.storeRelaxed(value, at: cell(bottom))
        words.store(bottom &+ 1, at: Self.bottom)
        return true
    }

    /// Takes the element that was pushed last; `nil` where there is none. For the owner alone.
    @inlinable
    public func pop() -> UInt64? {
        let bottom = words.loadRelaxed(Self.bottom)
        if bottom == words.loadRelaxed(Self.top) { return nil }
        let last = bottom &- 1
        words.storeSequential(last, at: Self.bottom)
        let top = words.loadSequential(Self.top)
        let left = Int64(bitPattern: last &- top)
        if left > 0 { return words.loadRelaxed(cell(last)) }
        var value: UInt64?
        if left == 0 {
            // The last one: whoever raises `top` has it.
            let found = words.loadRelaxed(cell(last))
            if words.compareExchange(top, top &+ 1, at: Self.top) == top { value = found }
        }
        words.store(bottom, at: Self.bottom)
        return value
    }

    /// Takes the oldest element. For any thread.
    @inlinable
    public func steal() -> Stolen { steal { _ in true } }

    /// Takes the oldest element where it is wanted; `nothing` where it is not. For any thread.
    ///
    /// - Parameter isWanted: sees the element before it is taken: what it names may be gone already.
    @inlinable
    public func steal(where isWanted: (UInt64) -> Bool) -> Stolen {
        let top = words.loadSequential(Self.top)
        let bottom = words.loadSequential(Self.bottom)
        guard Int64(bitPattern: bottom &- top) > 0 else { return .nothing }
        // Before the exchange: after it, the owner may push over it.
        let value = words.loadRelaxed(cell(top))
        guard isWanted(value) else { return .nothing }
        guard words.compareExchange(top, top &+ 1, at: Self.top) == top else { return .beaten }
        return .value(value)
    }

    /// Where the next element will be pushed: elements pushed from now on, and not yet popped, are there
    /// while it is more. For the owner alone.
    @inlinable
    public var position: UInt64 { words.loadRelaxed(Self.bottom) }
}

/// Over words that stay, it stays.
extension StealingDeque: Escapable where M: Escapable {}
