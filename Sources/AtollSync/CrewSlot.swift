// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// One use of a slot of a crew's ring: what its threads share about a construct that they come to. A
/// line of 64 bytes:
///
///     0   a count of 48 bits, below 16 bits that say of which use of the slot it is
///     8   ordered: the iteration whose turn it is    16   of which construct that is
///     24  copyprivate: the executor's data           32   of which construct that is
///     40  2n: somebody prepares memory for construct n, 2n + 1: it is there
///     48  that memory
///
/// Counts of another use read as 0, so that nobody need clear them.
///
/// ## If the holder dies
/// See ``Crew``.
public struct CrewSlot<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let at: Int
    @usableFromInline let number: UInt64
    @usableFromInline let tag: UInt64

    @inlinable @inline(__always) public static var mask: UInt64 { (1 << 48) - 1 }
    @inlinable @inline(__always) public static var turnAt: Int { 8 }
    @inlinable @inline(__always) public static var turnConstructAt: Int { 16 }
    @inlinable @inline(__always) public static var copyAt: Int { 24 }
    @inlinable @inline(__always) public static var copyConstructAt: Int { 32 }
    @inlinable @inline(__always) public static var stateAt: Int { 40 }
    @inlinable @inline(__always) public static var memoryAt: Int { 48 }

    /// The slot of construct `number`, which is 1 or more, of the ring that lies at `ring`.
    @_lifetime(copy words)
    @inlinable
    @inline(__always)
    public init(_ words: M, ring: Int, _ number: UInt64, slots: UInt64 = 64) {
        self.words = words
        self.number = number
        at = ring &+ Int(truncatingIfNeeded: number % slots) << 6
        tag = (number / slots &+ 1) << 48
    }

    // MARK: Counting

    /// Adds 1 to the count of this use; gives what was there. For a thread that has done so before.
    @inlinable
    @inline(__always)
    public func take() -> UInt64 { words.add(1, at: at) & Self.mask }

    /// The same for one that has not: the first of the crew begins the count.
    @inlinable
    @inline(never)
    public func takeFirst() -> UInt64 {
        var word = words.loadRelaxed(at)
        while word & ~Self.mask != tag {
            let found = words.compareExchange(word, tag | 1, at: at)
            if found == word { return 0 }
            word = found
        }
        return take()
    }

    /// Whether the caller is the first of its crew here.
    @inlinable
    @inline(__always)
    public func isFirst() -> Bool {
        let word = words.loadRelaxed(at)
        return word & ~Self.mask != tag && words.compareExchange(word, tag | 1, at: at) == word
    }

    /// Adds a share of what is left up to `end`: one of `size`, but at least `least`. Nothing: none is left.
    @inlinable
    @inline(__always)
    public func takeShare(
        of size: UInt64, least: UInt64, end: UInt64
    ) -> (low: UInt64, count: UInt64)? {
        var word = words.loadRelaxed(at)
        while true {
            let low = word & ~Self.mask == tag ? word & Self.mask : 0
            if low >= end { return nil }
            let rest = end &- low
            let count = min(max((rest &+ size &- 1) / size, least), rest)
            let found = words.compareExchange(word, tag | (low &+ count), at: at)
            if found == word { return (low, count) }
            word = found
        }
    }

    // MARK: Turns

    /// Where it says whose turn it is, to be fetched beforehand.
    @inlinable @inline(__always) public var turn: Int { at &+ Self.turnAt }

    /// Whether it is this iteration's turn. The first one's, 0, it is from the start; not to be asked for.
    ///
    /// A turn of another construct may be that of the same iteration, and become this one's meanwhile.
    @inlinable
    @inline(__always)
    public func isTurn(_ iteration: UInt64) -> Bool {
        words.load(at &+ Self.turnAt) == iteration
            && words.load(at &+ Self.turnConstructAt) == number
            && words.load(at &+ Self.turnAt) == iteration
    }

    /// Gives the turn on. What was done in it, the next sees.
    @inlinable
    @inline(__always)
    public func endTurn(_ next: UInt64) {
        // At once, and before the thread looks whether the turn has come back.
        words.storeSequential(next, at: at &+ Self.turnAt)
        if words.loadRelaxed(at &+ Self.turnConstructAt) != number {
            words.store(number, at: at &+ Self.turnConstructAt)
        }
    }

    // MARK: Copyprivate

    /// The first here has something for the others.
    @inlinable
    @inline(__always)
    public func publish(_ data: UInt64) {
        words.storeRelaxed(data, at: at &+ Self.copyAt)
        words.store(number, at: at &+ Self.copyConstructAt)
    }

    /// What it has.
    @inlinable
    @inline(__always)
    public func published<W: CrewWaiter>(_ make: () -> W) -> UInt64 {
        if words.load(at &+ Self.copyConstructAt) != number {
            var waiter = make()
            repeat { waiter.step() } while words.load(at &+ Self.copyConstructAt) != number
            waiter.end()
        }
        return words.loadRelaxed(at &+ Self.copyAt)
    }

    // MARK: Memory

    /// Whether the caller is the one who gives the construct its memory.
    @inlinable
    public func prepares() -> Bool {
        var word = words.load(at &+ Self.stateAt)
        while word >> 1 != number {
            let found = words.compareExchange(word, number &* 2, at: at &+ Self.stateAt)
            if found == word { return true }
            word = found
        }
        return false
    }

    /// For who prepares: the memory of the slot's former use.
    @inlinable public var formerMemory: UInt64 { words.loadRelaxed(at &+ Self.memoryAt) }

    /// For who prepares: it is there.
    @inlinable
    public func give(memory: UInt64) {
        words.storeRelaxed(memory, at: at &+ Self.memoryAt)
        words.store(number &* 2 &+ 1, at: at &+ Self.stateAt)
    }

    /// For the others: the memory, when it is there.
    @inlinable
    public func memory<W: CrewWaiter>(_ make: () -> W) -> UInt64 {
        if words.load(at &+ Self.stateAt) != number &* 2 &+ 1 {
            var waiter = make()
            repeat { waiter.step() } while words.load(at &+ Self.stateAt) != number &* 2 &+ 1
            waiter.end()
        }
        return words.loadRelaxed(at &+ Self.memoryAt)
    }
}

/// Over words that stay, it stays.
extension CrewSlot: Escapable where M: Escapable {}
