// SPDX-License-Identifier: Apache-2.0

/// The sizes of small blocks: 16 to 128 bytes in steps of 16, then four steps to each doubling, up to
/// 32 KiB. No more than a fifth of a block over 64 bytes is wasted.
@frozen
@usableFromInline
enum HeapClass {
    @inlinable static var count: Int { 40 }
    @inlinable static var largest: Int { 32 << 10 }

    /// The class for so many bytes, 1 to ``largest``.
    @inlinable
    static func of(bytes: Int) -> Int {
        let last = UInt(bitPattern: bytes &- 1)
        if last < 128 { return Int(bitPattern: last >> 4) }
        let high = UInt.bitWidth &- 1 &- last.leadingZeroBitCount
        return 4 &* (high &- 5) &+ Int(bitPattern: last >> UInt(high &- 2) & 3)
    }

    @inlinable
    static func size(_ index: Int) -> Int {
        index < 8 ? (index &+ 1) << 4 : (5 &+ index & 3) << (5 &+ (index &- 8) >> 2)
    }
}
