// SPDX-License-Identifier: Apache-2.0

/// What the first word of a page's record says, in a ``ProgramHeap``.
///
///     bits 0-2   kind
///     bits 3-63  a number of pages or of a page; a span's: its seat's offset, whose lowest bits are 0
@frozen
@usableFromInline
struct ProgramPage: Equatable {
    @usableFromInline
    enum Kind: UInt64 {
        /// The first page of a span that is in its seat's list, so that ownership is one comparison.
        case span = 0
        /// The first page of a span that its owner has found full.
        case fullSpan = 1
        /// Another page of a span or of a run that was mapped: number of the first.
        case rest = 2
        /// The first page of a large block, how many it has.
        case run = 3
        /// The first page of a free run, how many it has.
        case free = 4
        /// The last page of a free run of at least two, how many it has.
        case freeEnd = 5
        case other6 = 6
        case other7 = 7
    }

    @usableFromInline let word: UInt64

    @inlinable init(word: UInt64) { self.word = word }

    @inlinable
    init(_ kind: Kind, _ number: Int) {
        word = UInt64(truncatingIfNeeded: number) << 3 | kind.rawValue
    }

    @inlinable var kind: Kind { Kind(rawValue: word & 7) ?? .other7 }
    @inlinable var number: Int { Int(truncatingIfNeeded: word >> 3) }
    /// Of a span.
    @inlinable var seat: Int { Int(truncatingIfNeeded: word & ~7) }
}
