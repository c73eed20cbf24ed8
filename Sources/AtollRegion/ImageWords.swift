// SPDX-License-Identifier: Apache-2.0
public import Synchronization

/// Words of a mapping that lies at one address in every process that uses it, and stays until the process
/// ends: the shared image of a program whose threads run in several processes or VMs.
///
/// A plain value, so that records in the image can be named by an offset and cost nothing to pass on.
/// There is no check of bounds: the image is the program's own memory, which it can overwrite anyway,
/// and what lies beside it is not mapped.
@frozen
@safe
public struct ImageWords: Words, BitwiseCopyable, Sendable {
    /// Where an image lies. Free in programs and libraries that are loaded without randomisation, on
    /// x86-64 and with 48 bits of address on ARM.
    @inlinable
    @inline(__always)
    public static var base: UInt { 0x2000_0000_0000 }

    /// Of the first of these words.
    public let address: UInt
    public let count: Int

    /// Words anywhere in shared memory.
    ///
    /// - Safety: from `address` on, a multiple of 8, `count` bytes are mapped until the process ends,
    ///   and are touched by atomic operations alone.
    @unsafe
    @inlinable
    public init(at address: UInt, count: Int) {
        self.address = address
        self.count = count
    }

    @inlinable
    @inline(__always)
    func pointer(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        // SAFETY: the initialiser's caller promised a mapping that stays; offsets are the algorithm's.
        // `Atomic<UInt64>` is 8 bytes, aligned to 8, all bit patterns valid.
        unsafe UnsafeMutablePointer(bitPattern: address &+ UInt(bitPattern: offset))
            .unsafelyUnwrapped
    }

    // SAFETY of all below: see `pointer`.
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
