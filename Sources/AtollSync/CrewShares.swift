// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// A loop whose chunks the threads of a crew take in any order: each has a block of them in a word of its own
/// seat, so that taking one costs no traffic between cores, and takes half of what another has left when
/// its own is empty.
///
/// The word: 12 bits that say of which loop it is, 26 bits of the first chunk left, 26 of the one after the
/// last. A word of another loop reads as the whole block: thieves begin it for those who come late. Each
/// seat has eight such words, so that threads may be in different loops.
///
/// ## If the holder dies
/// See ``Crew``.
public struct CrewShares<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    /// Of seat 0, this loop's word.
    @usableFromInline let first: Int
    @usableFromInline let last: Int
    @usableFromInline let tag: UInt64
    @usableFromInline let loop: UInt64
    @usableFromInline let thread: Int
    @usableFromInline let size: Int
    /// All but the last one, which goes to whoever finds no other.
    @usableFromInline let chunks: UInt64

    @inlinable @inline(__always) public static var slots: UInt64 { 8 }
    @inlinable @inline(__always) public static var bits: UInt64 { 26 }
    @inlinable @inline(__always) public static var mask: UInt64 { (1 << 26) - 1 }

    /// - Parameters:
    ///   - crew: where it lies.
    ///   - loop: how many such loops the threads have come to.
    ///   - chunks: but for the last one.
    @_lifetime(copy words)
    @inlinable
    @inline(__always)
    public init(
        _ words: M, crew: Int, _ loop: UInt64, thread: Int, of size: Int, chunks: UInt64
    ) {
        self.words = words
        let slot = Int(truncatingIfNeeded: loop & 7) << 3
        first = crew &+ Crew<M>.seatsAt &+ Crew<M>.stealAt &+ slot
        last = crew &+ Crew<M>.lastChunkAt &+ slot
        tag = Self.tag(loop)
        self.loop = loop
        self.thread = thread
        self.size = size
        self.chunks = chunks
    }

    @inlinable
    @inline(__always)
    static func tag(_ loop: UInt64) -> UInt64 { (loop >> 3 &+ 1) << (2 * bits) }

    /// A word that is of no loop soon.
    @inlinable
    public static func stale(_ loop: UInt64) -> UInt64 { tag(loop &- 16 * slots) }

    @inlinable
    @inline(__always)
    func at(_ thread: Int) -> Int { first &+ thread &* Crew<M>.seatBytes }

    @inlinable
    @inline(__always)
    func isOurs(_ word: UInt64) -> Bool { (word ^ tag) >> (2 * Self.bits) == 0 }

    @inlinable
    @inline(__always)
    func word(_ low: UInt64, _ high: UInt64) -> UInt64 { tag | low << Self.bits | high }

    /// The part of `count` that one of `size` threads has where each has one part.
    @inlinable
    @inline(__always)
    public static func block(
        _ count: UInt64, _ number: UInt64, of size: UInt64
    ) -> (low: UInt64, high: UInt64) {
        let each = count / size
        let rest = count % size
        let low = number &* each &+ min(number, rest)
        return (low, low &+ each &+ (number < rest ? 1 : 0))
    }

    @inlinable
    @inline(__always)
    func begins(_ thread: Int) -> (low: UInt64, high: UInt64) {
        Self.block(
            chunks, UInt64(truncatingIfNeeded: thread), of: UInt64(truncatingIfNeeded: size))
    }

    /// The thread's first chunk; nothing: it has none of its own left.
    @inlinable
    @inline(__always)
    public func takeFirst() -> UInt64? {
        let (low, high) = begins(thread)
        let at = at(thread)
        let word = words.loadRelaxed(at)
        if low >= high {
            // Said, since a later use of the word must find it of the use just before.
            if !isOurs(word) { _ = words.compareExchange(word, self.word(low, low), at: at) }
            return nil
        }
        if !isOurs(word), words.compareExchange(word, self.word(low &+ 1, high), at: at) == word {
            return low
        }
        // A thief has begun it.
        return Self.take(words, at)
    }

    /// The next one of the thread that sits in `seat`, which has taken its first.
    @inlinable
    @inline(__always)
    public static func take(_ words: borrowing M, seat: Int, _ loop: UInt64) -> UInt64? {
        take(words, seat &+ Crew<M>.stealAt &+ Int(truncatingIfNeeded: loop & 7) << 3)
    }

    @inlinable
    @inline(__always)
    static func take(_ words: borrowing M, _ at: Int) -> UInt64? {
        let old = words.add(1 << bits, at: at)
        let low = old >> bits & mask
        return low < old & mask ? low : nil
    }

    /// One of another thread's, with half of what that one has left.
    @inlinable
    @inline(__always)
    public func steal() -> UInt64? {
        var step = 1
        while step < size {
            var victim = thread &+ step
            if victim >= size { victim &-= size }
            let at = at(victim)
            var word = words.load(at)
            while true {
                var low = word >> Self.bits & Self.mask
                var high = word & Self.mask
                if !isOurs(word) { (low, high) = begins(victim) }
                if low >= high { break }
                let middle = high &- (high &- low &+ 1) / 2
                let found = words.compareExchange(word, self.word(low, middle), at: at)
                if found == word {
                    // Its own word is empty, and nobody takes from an empty one.
                    words.store(self.word(middle &+ 1, high), at: self.at(thread))
                    return middle
                }
                word = found
            }
            step &+= 1
        }
        return nil
    }

    /// Whether the last chunk is the caller's.
    @inlinable
    @inline(__always)
    public func takesLast() -> Bool {
        let seen = words.loadRelaxed(last)
        return seen != loop && words.compareExchange(seen, loop, at: last) == seen
    }
}

/// Over words that stay, it stays.
extension CrewShares: Escapable where M: Escapable {}
