// SPDX-License-Identifier: Apache-2.0
public import Synchronization

/// A view of one word of a region. It cannot outlive the memory it views.
@safe
public struct SharedWord: Word, ~Escapable {
    @usableFromInline
    let pointer: UnsafeMutablePointer<Atomic<UInt64>>

    /// SAFETY: the caller gives an address inside `owner`'s memory, aligned to 8, that is a word of
    /// the layout. `Atomic<UInt64>` is 8 bytes, aligned to 8, all bit patterns valid.
    @_lifetime(borrow owner)
    @inlinable
    init(at address: UnsafeMutableRawPointer, of owner: borrowing SharedMemory) {
        unsafe pointer = address.assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    // SAFETY of all below: `pointer` stays valid as long as this view, see init.
    @inlinable public func load() -> UInt64 { unsafe pointer.pointee.load(ordering: .acquiring) }
    @inlinable public func loadRelaxed() -> UInt64 {
        unsafe pointer.pointee.load(ordering: .relaxed)
    }
    @inlinable public func store(_ value: UInt64) {
        unsafe pointer.pointee.store(value, ordering: .releasing)
    }
    @inlinable public func storeRelaxed(_ value: UInt64) {
        unsafe pointer.pointee.store(value, ordering: .relaxed)
    }
    @inlinable public func storeSequential(_ value: UInt64) {
        unsafe pointer.pointee.store(value, ordering: .sequentiallyConsistent)
    }
    @inlinable public func exchange(_ value: UInt64) -> UInt64 {
        unsafe pointer.pointee.exchange(value, ordering: .acquiringAndReleasing)
    }
    @inlinable public func compareExchange(_ expected: UInt64, _ desired: UInt64) -> UInt64 {
        unsafe pointer.pointee.compareExchange(
            expected: expected, desired: desired, ordering: .acquiringAndReleasing
        ).original
    }
    @inlinable public func add(_ delta: UInt64) -> UInt64 {
        unsafe pointer.pointee.wrappingAdd(delta, ordering: .acquiringAndReleasing).oldValue
    }
}
