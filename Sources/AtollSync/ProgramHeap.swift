// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// The heap behind `malloc` of one program whose threads run in several processes or VMs. Zeros are an
/// empty heap.
///
/// What ``Heap`` does not give, and `malloc` needs: blocks of gigabytes in a constant time, any
/// alignment, memory that is known to be zeros still, and records that are touched only where blocks
/// are. What it leaves out: a heap outlives no thread's death, since a program outlives none.
///
/// Pages of 64 KiB. Small blocks (to 256 KiB) lie in *spans*, 1, 4 or 16 pages, all of one size; a span is one
/// *seat*'s, whose thread alone allocates from it: from a list through the free blocks, by plain
/// loads and stores. Blocks that others free go to a second list, by one locked operation, which the
/// owner takes whole when the first is empty (as mimalloc does: Leijen, Zorn and de Moura, 2019).
/// Large blocks are runs of pages, under one lock, found by their length as in TLSF (Masmano et al., 2004).
///
///     0          always zeros: the seat of who has none, and the span of a size that has none
///     512        the lock; from 576 the free runs (see ProgramHeap+Runs)
///     4096       seats: spans that others gave back; next of the free seats; a span for each size class
///     9 pages    the pages' records, two lines each: one of the owner's, one of everybody's
///     then       the pages
///
/// Offsets count from the heap's first byte, which lies at a multiple of 64 KiB in memory.
public struct ProgramHeap<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M

    @inlinable public static var pageBytes: Int { 64 << 10 }
    @inlinable public static var minimumBytes: Int { 1 << 20 }
    @inlinable public static var largestSmall: Int { 256 << 10 }
    @inlinable public static var seats: Int { 1024 }

    @inlinable static var lock: Int { 512 }
    @inlinable static var firstSeat: Int { 4096 }
    @inlinable static var seatBytes: Int { 512 }
    /// As ``HeapClass`` counts them, up to ``largestSmall``.
    @inlinable static var classCount: Int { 52 }
    @inlinable static var records: Int { 9 << 16 }
    @inlinable static var recordBytes: Int { 128 }

    // Of a seat.
    /// Full spans in which others have freed something since.
    @inlinable static var returned: Int { 0 }
    @inlinable static var nextSeat: Int { 8 }
    @inlinable static var classes: Int { 64 }

    // Of a page's record.
    /// See ``ProgramPage``. A span's: its seat.
    @inlinable static var state: Int { 0 }
    /// The first free block; 0: none.
    @inlinable static var free: Int { 8 }
    /// Blocks that have been allocated and have not come back to the owner.
    @inlinable static var used: Int { 16 }
    @inlinable static var size: Int { 24 }
    /// From here to the end no block was ever made.
    @inlinable static var fresh: Int { 32 }
    @inlinable static var end: Int { 40 }
    @inlinable static var next: Int { 48 }
    @inlinable static var previous: Int { 56 }
    /// Blocks that others have freed; ``tell``: none yet, and the owner is not looking.
    @inlinable static var others: Int { 64 }
    @inlinable static var nextReturned: Int { 72 }
    @inlinable static var sizeClass: Int { 80 }
    /// A full span is its seat's again when no more than so many blocks are used: to come to one block
    /// takes longer than to use it, so there are to be some.
    @inlinable static var enough: Int { 88 }
    @inlinable static var tell: UInt64 { 1 }

    /// A view of the heap in these words.
    @_lifetime(copy words)
    @inlinable
    public init(_ words: M) { self.words = words }

    @inlinable
    @inline(__always)
    static func record(of offset: Int) -> Int {
        records &+ (offset >> 16) &* recordBytes
    }

    @inlinable
    @inline(__always)
    func value(_ offset: Int) -> Int { Int(truncatingIfNeeded: words.loadRelaxed(offset)) }

    @inlinable
    @inline(__always)
    func set(_ value: Int, at offset: Int) {
        words.storeRelaxed(UInt64(truncatingIfNeeded: value), at: offset)
    }

    /// Takes a small block where that needs no more than a few instructions.
    ///
    /// - Parameter seat: 0: of a thread that has none, and gets nothing.
    /// - Returns: the block's offset; 0: ask ``allocate(_:_:_:)``.
    @inlinable
    @inline(__always)
    public func take(_ bytes: Int, _ seat: Int) -> Int {
        guard UInt(bitPattern: bytes &- 1) < UInt(Self.largestSmall) else { return 0 }
        let record = value(seat &+ Self.classes &+ HeapClass.of(bytes: bytes) &* 8)
        let block = value(record &+ Self.free)
        guard block != 0 else { return 0 }
        set(value(block), at: record &+ Self.free)
        set(value(record &+ Self.used) &+ 1, at: record &+ Self.used)
        return block
    }

    /// Gives a small block of the seat's own back where that needs no more than a few instructions.
    ///
    /// - Parameter block: less than the heap's length.
    /// - Returns: `false`: ask ``free(_:_:_:)``.
    @inlinable
    @inline(__always)
    public func give(_ block: Int, _ seat: Int) -> Bool {
        let record = Self.record(of: block)
        guard value(record) == seat else { return false }
        let used = value(record &+ Self.used)
        guard used > 1 else { return false }
        set(value(record &+ Self.free), at: block)
        set(block, at: record &+ Self.free)
        set(used &- 1, at: record &+ Self.used)
        return true
    }

    /// Takes a block of at least this size, aligned to 16 bytes.
    ///
    /// - Parameters:
    ///   - seat: from ``join(_:)``.
    /// - Returns: the block's offset; 0: there is no room.
    public func allocate(_ bytes: Int, _ seat: Int, _ waiter: inout some Waiter) -> Int {
        if bytes <= Self.largestSmall {
            return allocateSmall(HeapClass.of(bytes: max(bytes, 1)), seat, &waiter)
        }
        return allocateRun(bytes, alignment: Self.pageBytes, seat, &waiter).block
    }

    /// Takes a block of at least this size that lies at a multiple of `alignment`, a power of two.
    ///
    /// - Returns: the block's offset; 0: there is no room.
    public func allocate(
        _ bytes: Int, alignment: Int, _ seat: Int, _ waiter: inout some Waiter
    ) -> Int {
        guard alignment > 16 else { return allocate(bytes, seat, &waiter) }
        if bytes <= Self.largestSmall && alignment <= Self.pageBytes {
            // A span begins at a multiple of a page, so its blocks lie at multiples of their size.
            var sizeClass = HeapClass.of(bytes: max(bytes, alignment))
            while sizeClass < Self.classCount {
                if HeapClass.size(sizeClass) & (alignment - 1) == 0 {
                    return allocateSmall(sizeClass, seat, &waiter)
                }
                sizeClass += 1
            }
        }
        return allocateRun(bytes, alignment: alignment, seat, &waiter).block
    }

    /// The bytes that a block has, at least those asked for; 0 where no block is.
    public func size(of block: Int) -> Int {
        guard block > 0, block < words.count else { return 0 }
        let page = ProgramPage(word: words.load(Self.record(of: block)))
        switch page.kind {
        case .span, .fullSpan: return value(Self.record(of: block) + Self.size)
        case .rest: return value(Self.record(of: page.number << 16) + Self.size)
        case .run: return page.number << 16
        default: return 0
        }
    }
}
