// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// Who has taken which chunk of a loop, and what is done: so that the chunks of a lost thread can be
/// handed out again. A word a chunk; the words of another loop count as free, so that nothing needs to
/// be cleared between two loops.
///
/// ## If the holder dies
/// A chunk that a dead thread has taken and not said to be done is taken over by one
/// compare-and-exchange, once it is certain that the thread can write no more. It may have been done in
/// part.
public struct ChunkTable<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let base: Int
    /// Tells the words of this loop from others'.
    @usableFromInline let tag: UInt64

    @frozen
    public enum State: Equatable, Sendable {
        case free
        /// By the thread of this rank.
        case taken(Int)
        case done
    }

    // As atoll_abi_team.h says: rank + 1, state, loop.
    @inlinable static var stateShift: UInt64 { 16 }
    @inlinable static var loopShift: UInt64 { 18 }

    /// - Parameter loop: its number; no two loops have the same.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at base: Int, loop: UInt64) {
        self.words = words
        self.base = base
        tag = (loop &+ 1) << Self.loopShift
    }

    @inlinable
    func state(_ word: UInt64) -> State {
        guard word >> Self.loopShift == tag >> Self.loopShift else { return .free }
        switch word >> Self.stateShift & 3 {
        case 1: return .taken(Int(word & 0xffff) - 1)
        case 2: return .done
        default: return .free
        }
    }

    @inlinable
    public func state(of chunk: Int) -> State { state(words.load(base + chunk * 8)) }

    /// Takes a chunk that is free. `false` where it is not.
    @inlinable
    public func take(_ chunk: Int, rank: Int) -> Bool {
        let seen = words.load(base + chunk * 8)
        guard state(seen) == .free else { return false }
        return words.compareExchange(seen, taken(rank), at: base + chunk * 8) == seen
    }

    /// Takes a chunk over from a thread that can write no more. `false` where it does not have it.
    @inlinable
    public func take(_ chunk: Int, from lost: Int, rank: Int) -> Bool {
        let seen = taken(lost)
        return words.compareExchange(seen, taken(rank), at: base + chunk * 8) == seen
    }

    @inlinable
    func taken(_ rank: Int) -> UInt64 { tag | 1 << Self.stateShift | UInt64(rank + 1) }

    /// Says that the chunk is done, by the thread that has it. What it wrote, those see who see this.
    @inlinable
    public func finish(_ chunk: Int) {
        words.store(tag | 2 << Self.stateShift, at: base + chunk * 8)
    }
}
