// SPDX-License-Identifier: Apache-2.0

/// A word of 32 bits, for algorithms over ``Word`` that keep no more in it.
@frozen
public struct WordOf32: Word {
    @usableFromInline let word: ImageWord32

    @inlinable
    public init(_ word: ImageWord32) { self.word = word }

    @inlinable
    static func half(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value) }

    @inlinable public func load() -> UInt64 { UInt64(word.load()) }
    @inlinable public func loadRelaxed() -> UInt64 { UInt64(word.loadRelaxed()) }
    @inlinable public func store(_ value: UInt64) { word.store(Self.half(value)) }
    @inlinable public func storeRelaxed(_ value: UInt64) { word.store(Self.half(value)) }
    @inlinable public func storeSequential(_ value: UInt64) { _ = word.exchange(Self.half(value)) }
    @inlinable public func exchange(_ value: UInt64) -> UInt64 {
        UInt64(word.exchange(Self.half(value)))
    }
    @inlinable public func compareExchange(_ expected: UInt64, _ desired: UInt64) -> UInt64 {
        UInt64(word.compareExchange(Self.half(expected), Self.half(desired)))
    }
    @inlinable public func add(_ delta: UInt64) -> UInt64 { UInt64(word.add(Self.half(delta))) }
}
