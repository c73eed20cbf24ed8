// SPDX-License-Identifier: Apache-2.0

/// One word of many, for algorithms over ``Word``.
@frozen
public struct WordOfWords<M: Words & ~Escapable>: Word, ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let offset: Int

    /// The word at `offset`, a multiple of 8, checked when it is used.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at offset: Int) {
        self.words = words
        self.offset = offset
    }

    @inlinable public func load() -> UInt64 { words.load(offset) }
    @inlinable public func loadRelaxed() -> UInt64 { words.loadRelaxed(offset) }
    @inlinable public func store(_ value: UInt64) { words.store(value, at: offset) }
    @inlinable public func storeRelaxed(_ value: UInt64) { words.storeRelaxed(value, at: offset) }
    @inlinable public func storeSequential(_ value: UInt64) {
        words.storeSequential(value, at: offset)
    }
    @inlinable public func exchange(_ value: UInt64) -> UInt64 {
        words.exchange(value, at: offset)
    }
    @inlinable public func compareExchange(_ expected: UInt64, _ desired: UInt64) -> UInt64 {
        words.compareExchange(expected, desired, at: offset)
    }
    @inlinable public func add(_ delta: UInt64) -> UInt64 { words.add(delta, at: offset) }
}

/// Of words that stay, one stays.
extension WordOfWords: Escapable where M: Escapable {}
