// SPDX-License-Identifier: Apache-2.0

/// What a page's first word says, which is written last when a page becomes something.
///
///     bits 0-7    kind
///     bits 8-15   small: size class
///     bits 16-31  claimed, small: cache that has the page
///     bits 32-63  run: pages; rest: pages since the run's first
@frozen
@usableFromInline
struct HeapPage: Equatable {
    @usableFromInline
    enum Kind: UInt64 {
        case free = 0
        /// Being made something, or being given back, by a thread with this cache.
        case claimed = 1
        case small = 2
        /// The first page of a large block.
        case run = 3
        /// Another page of a large block.
        case rest = 4
    }

    @usableFromInline let word: UInt64

    @inlinable init(word: UInt64) { self.word = word }

    @inlinable
    init(_ kind: Kind, sizeClass: Int = 0, cache: Int = 0, pages: Int = 0) {
        word =
            kind.rawValue | UInt64(sizeClass) << 8 | UInt64(cache) << 16 | UInt64(pages) << 32
    }

    @inlinable static var free: HeapPage { HeapPage(word: 0) }

    @inlinable var isSmall: Bool { word & 0xff == 2 }
    @inlinable var isRun: Bool { word & 0xff == 3 }
    @inlinable var isFree: Bool { word == 0 }
    @inlinable var sizeClass: Int { Int(truncatingIfNeeded: word >> 8 & 0xff) }
    @inlinable var cache: Int { Int(truncatingIfNeeded: word >> 16 & 0xffff) }
    @inlinable var pages: Int { Int(truncatingIfNeeded: word >> 32) }
}
