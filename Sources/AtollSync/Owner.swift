// SPDX-License-Identifier: Apache-2.0

/// A thread, named by one word, so that taking something and saying who has it are one step and a
/// survivor can tell whether the holder is lost. The bits are those of `atoll_abi.h`.
@frozen
public struct Owner: Equatable, Sendable {
    public let word: UInt64

    /// What an owner word says of its owner; the other bits are the lock's.
    @inlinable public static var mask: UInt64 { (1 << 62) - 1 }
    /// Threads may sleep until the lock is free.
    @inlinable public static var waitersBit: UInt64 { 1 << 62 }
    /// A holder died, and nobody has declared the data consistent.
    @inlinable public static var poisonedBit: UInt64 { 1 << 63 }

    /// The owner that a word of the region names; `nil` where it names nobody.
    @inlinable
    public init?(in word: UInt64) {
        guard word & 0xffff != 0 else { return nil }
        self.word = word & Self.mask
    }

    /// - Parameters:
    ///   - thread: unique within the member's incarnation; its low 30 bits count.
    @inlinable
    public init(slot: Int, incarnation: UInt64, thread: UInt32) {
        precondition(slot >= 0 && slot < 0xffff)
        word =
            UInt64(slot + 1) | (incarnation & 0xffff) << 16
            | UInt64(thread & 0x3fff_ffff) << 32
    }

    @inlinable public var slot: Int { Int(word & 0xffff) - 1 }
    /// The low 16 bits of the member's incarnation.
    @inlinable public var incarnation: UInt64 { word >> 16 & 0xffff }
    @inlinable public var thread: UInt32 { UInt32(truncatingIfNeeded: word >> 32) & 0x3fff_ffff }
}
