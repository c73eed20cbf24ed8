// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// Runs of pages: large blocks and spans. All under the lock.
///
/// A free run's first and last page say how long it is, so that what is freed beside it grows
/// together with it; those of about the same length are in one list, and a bit says where a list is not
/// empty. Behind the last page that was ever used (``high``) there are zeros.
extension ProgramHeap where M: ~Escapable {
    /// The first page that is in no run, free or taken; 0 at first.
    static var top: Int { 576 }
    /// The first page that was never in a run.
    static var high: Int { 584 }
    @usableFromInline static var freeSeat: Int { 592 }
    @usableFromInline static var seatCount: Int { 600 }
    /// Pages in runs that are taken; the most there ever were.
    @usableFromInline static var taken: Int { 608 }
    @usableFromInline static var mostTaken: Int { 616 }
    /// Four words of bits: which list is not empty.
    static var bits: Int { 640 }
    static var lists: Int { 704 }
    static var listCount: Int { 256 }

    var pageCount: Int { words.count >> 16 }

    /// The first page behind the records.
    var firstPage: Int {
        (Self.records + pageCount * Self.recordBytes + Self.pageBytes - 1) >> 16
    }

    /// From this byte on nothing is allocated.
    public var end: Int { value(Self.top) << 16 }

    /// In memory that has been another's: what was never used need not be zeros. Before anybody uses it.
    public func distrustZeros() { set(pageCount, at: Self.high) }

    /// Lets nobody change what runs there are until ``thaw()``: what is copied meanwhile is a heap.
    public func freeze(_ waiter: inout some Waiter) { lock(&waiter) }

    /// In the original and in each copy.
    public func thaw() { unlock() }

    func lock(_ waiter: inout some Waiter) {
        while words.compareExchange(0, 1, at: Self.lock) != 0 {
            while words.loadRelaxed(Self.lock) != 0 {
                // A heap is waited for until it is free: who gives up waiting ends the process.
                do { try waiter.wait() } catch {}
            }
        }
    }

    func unlock() { words.store(0, at: Self.lock) }

    // MARK: What spans and blocks ask for

    /// - Returns: the block's offset, 0 where there is no room; from which byte on it is zeros.
    public func allocateRun(
        _ bytes: Int, alignment: Int, _ seat: Int, _ waiter: inout some Waiter
    ) -> (block: Int, zeros: Int) {
        guard bytes >= 0, bytes <= words.count, alignment <= words.count else { return (0, 0) }
        let count = max((bytes + Self.pageBytes - 1) >> 16, 1)
        let pages = max(alignment >> 16, 1)
        lock(&waiter)
        var found = findRun(count, alignedTo: pages)
        unlock()
        if found.page == 0 {
            sweep(seat, &waiter)
            lock(&waiter)
            found = findRun(count, alignedTo: pages)
            unlock()
        }
        return (found.page << 16, max(found.high - found.page, 0) << 16)
    }

    func makeSpan(_ sizeClass: Int, _ seat: Int, _ waiter: inout some Waiter) -> Int {
        let size = HeapClass.size(sizeClass)
        let count = size <= 8 << 10 ? 1 : size <= 32 << 10 ? 4 : 16
        lock(&waiter)
        let page = findRun(count, alignedTo: 1).page
        unlock()
        guard page != 0 else { return 0 }
        let record = Self.record(of: page << 16)
        set(0, at: record + Self.free)
        set(0, at: record + Self.used)
        set(size, at: record + Self.size)
        set(page << 16, at: record + Self.fresh)
        set((page + count) << 16, at: record + Self.end)
        set(sizeClass, at: record + Self.sizeClass)
        // An eighth of the blocks at most is free and out of use.
        let blocks = (count << 16) / size
        set(blocks - max(blocks / 8, 1), at: record + Self.enough)
        set(0, at: record + Self.others)
        for rest in 1..<max(count, 1) {
            words.store(ProgramPage(.rest, page).word, at: record + rest * Self.recordBytes)
        }
        words.store(UInt64(seat), at: record)
        return record
    }

    func releaseSpan(_ record: Int, _ waiter: inout some Waiter) {
        let page = (record - Self.records) / Self.recordBytes
        let count = value(record + Self.end) >> 16 - page
        releaseRun(page, count, &waiter)
    }

    func releaseRun(_ page: Int, _ count: Int, _ waiter: inout some Waiter) {
        lock(&waiter)
        set(value(Self.taken) - count, at: Self.taken)
        freePages(page, count)
        unlock()
    }

    // MARK: Under the lock

    /// - Returns: a run's first page, 0 where there is none; the first page that was never used before.
    private func findRun(_ count: Int, alignedTo alignment: Int) -> (page: Int, high: Int) {
        let top = max(value(Self.top), firstPage)
        let high = max(value(Self.high), firstPage)
        let more = count + alignment - 1
        var page = takeFree(more)
        var length = more
        if page == 0 {
            // Alignment wants less at the end than in the middle.
            page = top
            length = (top + alignment - 1) & ~(alignment - 1) - top + count
            guard length <= pageCount - top else { return (0, 0) }
            set(top + length, at: Self.top)
            if top + length > high { set(top + length, at: Self.high) }
        }
        let first = (page + alignment - 1) & ~(alignment - 1)
        countTaken(count)
        // Its ends say that it is taken, before what lies beside it is freed.
        setRun(first, count)
        if first > page { freePages(page, first - page) }
        let rest = page + length - first - count
        if rest > 0 { freePages(first + count, rest) }
        return (first, high)
    }

    func countTaken(_ count: Int) {
        let taken = value(Self.taken) + count
        set(taken, at: Self.taken)
        if taken > value(Self.mostTaken) { set(taken, at: Self.mostTaken) }
    }

    func setRun(_ first: Int, _ count: Int) {
        let record = Self.record(of: first << 16)
        words.store(
            ProgramPage(.rest, first).word, at: record + (count - 1) * Self.recordBytes)
        words.store(ProgramPage(.run, count).word, at: record)
    }

    /// Takes the pages that a run would grow by, if they are free.
    func takeBehind(_ page: Int, _ count: Int) -> Bool {
        let top = value(Self.top)
        if page == top {
            guard count <= pageCount - top else { return false }
            set(top + count, at: Self.top)
            if top + count > value(Self.high) { set(top + count, at: Self.high) }
            return true
        }
        let behind = ProgramPage(word: words.loadRelaxed(Self.record(of: page << 16)))
        guard behind.kind == .free else { return false }
        let length = behind.number
        // What ends at the top is the top.
        guard length >= count else { return false }
        remove(page, length)
        let rest = length - count
        if rest > 0 { putFree(page + count, rest) }
        return true
    }

    /// Frees pages, together with the free ones before and behind.
    func freePages(_ page: Int, _ count: Int) {
        var page = page
        var count = count
        let before = ProgramPage(word: words.loadRelaxed(Self.record(of: (page - 1) << 16)))
        if page > firstPage, before.kind == .freeEnd || before.kind == .free && before.number == 1 {
            page -= before.number
            count += before.number
            remove(page, before.number)
        }
        let top = value(Self.top)
        if page + count < top {
            let behind = ProgramPage(
                word: words.loadRelaxed(Self.record(of: (page + count) << 16)))
            if behind.kind == .free {
                remove(page + count, behind.number)
                count += behind.number
            }
        }
        if page + count == top {
            words.storeRelaxed(0, at: Self.record(of: page << 16))
            set(page, at: Self.top)
            return
        }
        putFree(page, count)
    }

    /// Makes these pages a free run: both its ends say so, the first one last, since the two may be one.
    private func putFree(_ page: Int, _ count: Int) {
        let record = Self.record(of: page << 16)
        words.storeRelaxed(
            ProgramPage(.freeEnd, count).word, at: record + (count - 1) * Self.recordBytes)
        words.storeRelaxed(ProgramPage(.free, count).word, at: record)
        insert(page, count)
    }

    /// Takes so many pages from a free run that has them; 0: none has.
    private func takeFree(_ count: Int) -> Int {
        // One of the same list may be long enough; those of the next ones all are.
        var page = value(Self.lists + Self.list(count) * 8)
        var tries = 8
        while page != 0 && tries > 0 {
            if length(page) >= count { break }
            page = value(Self.record(of: page << 16) + Self.next)
            tries -= 1
        }
        if page == 0 || tries == 0 {
            let list = firstList(from: Self.list(count) + 1)
            guard list < Self.listCount else { return 0 }
            page = value(Self.lists + list * 8)
        }
        let length = length(page)
        remove(page, length)
        let rest = length - count
        if rest > 0 { putFree(page + count, rest) }
        return page
    }

    private func length(_ page: Int) -> Int {
        ProgramPage(word: words.loadRelaxed(Self.record(of: page << 16))).number
    }

    /// The list of runs of this length: exact up to 15 pages, then eight to each doubling.
    private static func list(_ count: Int) -> Int {
        if count < 16 { return count }
        let high = Int.bitWidth - 1 - count.leadingZeroBitCount
        return 16 + (high - 4) * 8 + (count >> (high - 3)) & 7
    }

    private func firstList(from list: Int) -> Int {
        var list = list
        while list < Self.listCount {
            let rest = words.loadRelaxed(Self.bits + list >> 6 * 8) >> UInt64(list & 63)
            if rest != 0 { return list + rest.trailingZeroBitCount }
            list = (list >> 6 + 1) << 6
        }
        return list
    }

    private func insert(_ page: Int, _ count: Int) {
        let list = Self.list(count)
        let first = value(Self.lists + list * 8)
        let record = Self.record(of: page << 16)
        set(first, at: record + Self.next)
        set(0, at: record + Self.previous)
        if first != 0 { set(page, at: Self.record(of: first << 16) + Self.previous) }
        set(page, at: Self.lists + list * 8)
        let bits = Self.bits + list >> 6 * 8
        words.storeRelaxed(words.loadRelaxed(bits) | 1 << UInt64(list & 63), at: bits)
    }

    private func remove(_ page: Int, _ count: Int) {
        let list = Self.list(count)
        let record = Self.record(of: page << 16)
        let next = value(record + Self.next)
        let previous = value(record + Self.previous)
        if next != 0 { set(previous, at: Self.record(of: next << 16) + Self.previous) }
        if previous != 0 {
            set(next, at: Self.record(of: previous << 16) + Self.next)
            return
        }
        set(next, at: Self.lists + list * 8)
        if next == 0 {
            let bits = Self.bits + list >> 6 * 8
            words.storeRelaxed(words.loadRelaxed(bits) & ~(1 << UInt64(list & 63)), at: bits)
        }
    }
}
