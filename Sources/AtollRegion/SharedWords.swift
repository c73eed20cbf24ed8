// SPDX-License-Identifier: Apache-2.0
public import Synchronization

/// A view of an extent of a region as words. It cannot outlive the memory it views.
@safe
@frozen
public struct SharedWords: Words, ~Escapable {
    @usableFromInline let base: UnsafeMutableRawPointer
    public let count: Int

    /// SAFETY: the caller gives `count` bytes inside `owner`'s memory, and both the address and the
    /// count are multiples of 8.
    @_lifetime(borrow owner)
    @inlinable
    init(at address: UnsafeMutableRawPointer, count: Int, of owner: borrowing SharedMemory) {
        unsafe base = address
        self.count = count
    }

    /// SAFETY: as above.
    @_lifetime(borrow owner)
    @inlinable
    init(at address: UnsafeMutableRawPointer, count: Int, of owner: borrowing MappedWords) {
        unsafe base = address
        self.count = count
    }

    @inlinable
    func pointer(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        // Rotated, an offset off its boundary or below zero is larger than any count: one check.
        let bits = UInt(bitPattern: offset)
        precondition(bits >> 3 | bits << (UInt.bitWidth - 3) < UInt(bitPattern: count) >> 3)
        // SAFETY: in bounds and aligned, both checked the line above; the base stays valid as long
        // as this view, see init. `Atomic<UInt64>` is 8 bytes, aligned to 8, all bit patterns valid.
        return unsafe (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    // SAFETY of all below: `pointer` has checked what it gives.
    @inlinable public func load(_ offset: Int) -> UInt64 {
        unsafe pointer(offset).pointee.load(ordering: .acquiring)
    }
    @inlinable public func loadRelaxed(_ offset: Int) -> UInt64 {
        unsafe pointer(offset).pointee.load(ordering: .relaxed)
    }
    @inlinable public func loadSequential(_ offset: Int) -> UInt64 {
        unsafe pointer(offset).pointee.load(ordering: .sequentiallyConsistent)
    }
    @inlinable public func store(_ value: UInt64, at offset: Int) {
        unsafe pointer(offset).pointee.store(value, ordering: .releasing)
    }
    @inlinable public func storeRelaxed(_ value: UInt64, at offset: Int) {
        unsafe pointer(offset).pointee.store(value, ordering: .relaxed)
    }
    @inlinable public func storeSequential(_ value: UInt64, at offset: Int) {
        unsafe pointer(offset).pointee.store(value, ordering: .sequentiallyConsistent)
    }
    @inlinable public func fence() { atomicMemoryFence(ordering: .sequentiallyConsistent) }
    @inlinable public func exchange(_ value: UInt64, at offset: Int) -> UInt64 {
        unsafe pointer(offset).pointee.exchange(value, ordering: .acquiringAndReleasing)
    }
    @inlinable public func compareExchange(
        _ expected: UInt64, _ desired: UInt64, at offset: Int
    ) -> UInt64 {
        unsafe pointer(offset).pointee.compareExchange(
            expected: expected, desired: desired, ordering: .acquiringAndReleasing
        ).original
    }
    @inlinable public func add(_ delta: UInt64, at offset: Int) -> UInt64 {
        unsafe pointer(offset).pointee
            .wrappingAdd(delta, ordering: .acquiringAndReleasing).oldValue
    }
}
