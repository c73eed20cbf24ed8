// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// Memory for blocks of any size, which any thread of any VM allocates and frees, in one extent of a
/// region. Zeros are an empty heap.
///
/// Small blocks (to 32 KiB) lie in pages of 64 KiB, each of one size; a page belongs to the *cache*
/// of one thread, which alone allocates from it. Large blocks are runs of pages. All records lie
/// before the pages: a write past a block's end cannot harm the heap itself.
///
/// A block is taken where its two bits differ: one in a word that only the page's owner writes, one
/// that all others turn by compare-and-exchange. So the owner allocates and frees by one plain store,
/// everybody else frees by one locked operation, nobody ever moves blocks from list to list, and
/// there is no instant at which a block is in neither state.
///
///     line 0-1   as all objects of synchronisation have them
///     line 2     where to look for a free page next; pages taken from dead threads
///     then       the caches: owner word; a line for each size class
///     then       the pages' records: state and next of the same cache and class (a line), 64 words
///                of the owner's bits, 64 words of everybody else's
///     then       the pages
///
/// ## If the holder dies
/// Blocks that the dead had allocated stay allocated, like any that are passed on: at most one of
/// them was not yet known to the dead thread itself. What it had cached, another thread takes over: by
/// ``join(as:_:)``, or by ``reclaim(_:as:_:)``. A page or a run on its way from or to the free ones
/// names the cache, and becomes free. Each of these steps can itself end by a death, and be taken up.
public struct Heap<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    /// Pages of 64 KiB.
    public let pages: Int
    /// Threads that can use it at once.
    public let seats: Int
    /// Where the pages' records begin.
    @usableFromInline let records: Int
    /// Where the pages begin.
    @usableFromInline let start: Int

    @inlinable public static var pageBytes: Int { 64 << 10 }
    /// Fewer make no heap.
    @inlinable public static var minimumBytes: Int { 192 << 10 }
    /// The largest block that shares a page with others.
    @inlinable public static var largestSmall: Int { HeapClass.largest }

    @inlinable static var nextPage: Int { 128 }
    @inlinable static var adopted: Int { 136 }
    @inlinable static var caches: Int { 192 }
    @inlinable static var cacheBytes: Int { 64 * (1 + HeapClass.count) }
    @inlinable static var recordBytes: Int { 64 + 2 * 512 }
    /// From a word of the owner's bits to the others' word.
    @inlinable static var others: Int { 512 }

    /// A view of the heap in these words. Its shape follows from their count, the same for everybody.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M) {
        precondition(words.count >= Self.minimumBytes)
        self.words = words
        // A seat for every two pages: caches then take a fiftieth of the heap.
        let about = words.count / Self.pageBytes
        seats = max(4, min(1024, about / 2))
        records = Self.caches + seats * Self.cacheBytes
        let room = words.count - records - Self.line
        pages = room / (Self.pageBytes + Self.recordBytes)
        start = (records + pages * Self.recordBytes + Self.line - 1) / Self.line * Self.line
    }

    @inlinable static var line: Int { 64 }

    // Of a size class's line in a cache.
    /// Offset of the owner's word from which blocks are taken now.
    @inlinable static var cursor: Int { 0 }
    /// What the others' word was when the cursor came.
    @inlinable static var seen: Int { 8 }
    /// Offset of the block that the word's lowest bit stands for.
    @inlinable static var first: Int { 16 }
    @inlinable static var size: Int { 24 }
    /// 2^32 divided by the size, rounded up.
    @inlinable static var inverse: Int { 32 }
    /// One of the class's pages, plus one; 0: there is none.
    @inlinable static var page: Int { 40 }
    /// Words of that page that have been looked through.
    @inlinable static var looked: Int { 48 }
    /// Always 0: with ~0 as what was seen, a cursor to here finds nothing.
    @inlinable static var nothing: Int { 56 }

    @inlinable func record(_ page: Int) -> Int { records &+ page &* Self.recordBytes }
    @inlinable func cache(_ index: Int) -> Int { Self.caches &+ index &* Self.cacheBytes }

    @inlinable
    func line(_ seat: HeapSeat, _ sizeClass: Int) -> Int { seat.at &+ 64 &+ sizeClass &* 64 }

    /// Takes a block of at least this size, aligned to 16 bytes, and to its size where that is a power
    /// of two up to 64.
    ///
    /// - Parameter bytes: 0 is as good as 1.
    /// - Returns: the block's offset from the heap's first byte.
    /// - Throws: ``HeapError/noRoom(bytes:)``.
    @inlinable
    public func allocate(_ bytes: Int, _ seat: HeapSeat) throws(HeapError) -> Int {
        guard bytes <= HeapClass.largest else { return try allocateRun(bytes, seat) }
        let line = line(seat, HeapClass.of(bytes: bytes | (bytes < 1 ? 1 : 0)))
        let cursor = Int(truncatingIfNeeded: words.loadRelaxed(line))
        let mine = words.loadRelaxed(cursor)
        let free = ~(mine ^ words.loadRelaxed(line &+ Self.seen))
        if free == 0 { return try allocateSlowly(bytes, seat) }
        let bit = free.trailingZeroBitCount
        words.storeRelaxed(mine ^ (1 << UInt64(truncatingIfNeeded: bit)), at: cursor)
        return Int(truncatingIfNeeded: words.loadRelaxed(line &+ Self.first))
            &+ bit &* Int(truncatingIfNeeded: words.loadRelaxed(line &+ Self.size))
    }

    /// Gives a block back, whoever allocated it.
    ///
    /// - Throws: ``HeapError/notABlock(offset:)``, ``HeapError/alreadyFree(offset:)``. Who frees a
    ///   block twice after it was allocated anew frees the new one: no allocator can tell.
    @inlinable
    public func free(_ offset: Int, _ seat: HeapSeat) throws(HeapError) {
        let place = offset &- start
        let page = place >> 16
        guard offset >= start, page < pages else { throw .notABlock(offset: offset) }
        let record = record(page)
        let state = HeapPage(word: words.load(record))
        guard state.isSmall else { return try freeRun(offset, page, seat) }
        let line = line(seat, state.sizeClass)
        let within = place & 0xffff
        let inverse = Int(truncatingIfNeeded: words.loadRelaxed(line &+ Self.inverse))
        let block = (within &* inverse) >> 32
        let size = Int(truncatingIfNeeded: words.loadRelaxed(line &+ Self.size))
        guard block &* size == within, within &+ size <= Self.pageBytes else {
            throw .notABlock(offset: offset)
        }
        let word = record &+ 64 &+ block >> 6 &* 8
        let bit: UInt64 = 1 << UInt64(truncatingIfNeeded: block & 63)
        guard state.cache == seat.index else { return try freeOthers(offset, word, bit) }
        let mine = words.loadRelaxed(word)
        let others = words.load(word &+ Self.others)
        guard (mine ^ others) & bit != 0 else { throw .alreadyFree(offset: offset) }
        words.storeRelaxed(mine ^ bit, at: word)
        // What was used last is used next: it is still in this processor's cache.
        words.storeRelaxed(UInt64(truncatingIfNeeded: word), at: line)
        words.storeRelaxed(others, at: line &+ Self.seen)
        words.storeRelaxed(
            UInt64(truncatingIfNeeded: offset &- (block & 63) &* size), at: line &+ Self.first)
    }

    /// Turns the bit that a page's owner does not write.
    @usableFromInline
    func freeOthers(_ offset: Int, _ word: Int, _ bit: UInt64) throws(HeapError) {
        var others = words.load(word &+ Self.others)
        while true {
            guard (words.load(word) ^ others) & bit != 0 else { throw .alreadyFree(offset: offset) }
            let found = words.compareExchange(others, others ^ bit, at: word &+ Self.others)
            if found == others { return }
            others = found
        }
    }

    /// The bytes that a block has, at least those asked for; `nil` where no block begins here, or a
    /// free one.
    public func size(of offset: Int) -> Int? {
        let place = offset - start
        guard place >= 0, place >> 16 < pages else { return nil }
        let record = record(place >> 16)
        let state = HeapPage(word: words.load(record))
        if state.isRun { return place & 0xffff == 0 ? state.pages << 16 : nil }
        guard state.isSmall else { return nil }
        let size = HeapClass.size(state.sizeClass)
        let (block, rest) = (place & 0xffff).quotientAndRemainder(dividingBy: size)
        guard rest == 0, block < Self.pageBytes / size else { return nil }
        let word = record + 64 + block / 64 * 8
        let taken = words.load(word) ^ words.load(word + Self.others)
        return taken >> UInt64(block % 64) & 1 == 1 ? size : nil
    }
}
