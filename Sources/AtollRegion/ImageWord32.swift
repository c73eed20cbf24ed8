// SPDX-License-Identifier: Apache-2.0
public import Synchronization

/// One 32-bit word in shared memory that stays mapped until the process ends: as programs have them in
/// their locks (`omp_lock_t`, `pthread_once_t`), aligned to 4.
@frozen
@safe
public struct ImageWord32: BitwiseCopyable, Sendable {
    public let address: UInt

    /// - Safety: 4 bytes are mapped at `address`, a multiple of 4, until the process ends, and are
    ///   touched by atomic operations alone.
    @unsafe
    @inlinable
    public init(at address: UInt) { self.address = address }

    @inlinable
    @inline(__always)
    var pointer: UnsafeMutablePointer<Atomic<UInt32>> {
        // SAFETY: the initialiser's caller promised a mapping that stays. `Atomic<UInt32>` is 4 bytes,
        // aligned to 4, all bit patterns valid.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    // SAFETY of all below: see `pointer`.
    /// Acquire.
    @inlinable public func load() -> UInt32 { unsafe pointer.pointee.load(ordering: .acquiring) }
    @inlinable public func loadRelaxed() -> UInt32 {
        unsafe pointer.pointee.load(ordering: .relaxed)
    }
    /// Release.
    @inlinable public func store(_ value: UInt32) {
        unsafe pointer.pointee.store(value, ordering: .releasing)
    }
    /// Acquire and release; gives what was there.
    @inlinable public func exchange(_ value: UInt32) -> UInt32 {
        unsafe pointer.pointee.exchange(value, ordering: .acquiringAndReleasing)
    }
    /// Acquire and release; gives what was there, which is `expected` if and only if it succeeded.
    @inlinable public func compareExchange(_ expected: UInt32, _ desired: UInt32) -> UInt32 {
        unsafe pointer.pointee.compareExchange(
            expected: expected, desired: desired, ordering: .acquiringAndReleasing
        ).original
    }
    /// Acquire and release; wraps; gives what was there.
    @inlinable public func add(_ delta: UInt32) -> UInt32 {
        unsafe pointer.pointee
            .wrappingAdd(delta, ordering: .acquiringAndReleasing).oldValue
    }
}
