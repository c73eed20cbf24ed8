// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// How small blocks come by pages. All of it is the work of the cache's thread alone, but for the
/// state of free pages.
extension Heap where M: ~Escapable {
    /// Words that are looked through, in vain, before a new page is taken.
    private static var patience: Int { 128 }

    @usableFromInline
    func allocateSlowly(_ bytes: Int, _ seat: HeapSeat) throws(HeapError) -> Int {
        let sizeClass = HeapClass.of(bytes: max(bytes, 1))
        guard
            look(sizeClass, seat, atMost: Self.patience) || takePage(sizeClass, seat)
                || look(sizeClass, seat, atMost: .max)
                || (releaseEmpty(seat) && takePage(sizeClass, seat))
        else { throw .noRoom(bytes: bytes) }
        return try allocate(bytes, seat)
    }

    /// Moves the cursor to a word with a free block, among the pages that the cache has.
    private func look(_ sizeClass: Int, _ seat: HeapSeat, atMost limit: Int) -> Bool {
        let line = line(seat, sizeClass)
        guard var page = currentPage(line) else { return false }
        let size = HeapClass.size(sizeClass)
        let count = Self.words(size)
        let startPage = page
        let startWord = Int(words.loadRelaxed(line + Self.looked))
        var word = startWord
        var looked = 0
        // The page that the search began with may itself go back to the free ones.
        let limit = min(limit, (pages + 1) * count)
        var isRound = false
        while looked < limit {
            if word >= count {
                page = next(after: page, sizeClass, seat)
                words.storeRelaxed(UInt64(page + 1), at: line + Self.page)
                word = 0
                if page == startPage { isRound = true }
            }
            if isRound && page == startPage && word >= startWord { break }
            looked += 1
            let at = record(page) + 64 + word * 8
            let others = words.load(at + Self.others)
            word += 1
            if ~(words.loadRelaxed(at) ^ others) != 0 {
                words.storeRelaxed(UInt64(word), at: line + Self.looked)
                point(line, at, others, start + page << 16 + (word - 1) * 64 * size)
                return true
            }
        }
        words.storeRelaxed(UInt64(word), at: line + Self.looked)
        return false
    }

    private func currentPage(_ line: Int) -> Int? {
        let page = Int(words.loadRelaxed(line + Self.page))
        return page == 0 ? nil : page - 1
    }

    /// The next page of the circle. Empty ones on the way go back to the free ones.
    private func next(after page: Int, _ sizeClass: Int, _ seat: HeapSeat) -> Int {
        while true {
            let next = Int(words.loadRelaxed(record(page) + 8))
            if next == page || !isEmpty(next, sizeClass) { return next }
            words.storeRelaxed(words.loadRelaxed(record(next) + 8), at: record(page) + 8)
            // It may have been emptied by others under the cursor.
            point(line(seat, sizeClass), line(seat, sizeClass) + Self.nothing, .max, 0)
            words.store(HeapPage.free.word, at: record(next))
        }
    }

    private func isEmpty(_ page: Int, _ sizeClass: Int) -> Bool {
        let size = HeapClass.size(sizeClass)
        for word in 0..<Self.words(size) {
            let at = record(page) + 64 + word * 8
            let taken = words.loadRelaxed(at) ^ words.load(at + Self.others)
            if taken != Self.absent(size, word) { return false }
        }
        return true
    }

    private func point(_ line: Int, _ word: Int, _ others: UInt64, _ first: Int) {
        words.storeRelaxed(UInt64(word), at: line + Self.cursor)
        words.storeRelaxed(others, at: line + Self.seen)
        words.storeRelaxed(UInt64(first), at: line + Self.first)
    }

    /// Words of bits that a page of this size has.
    private static func words(_ size: Int) -> Int { (pageBytes / size + 63) / 64 }

    /// The bits of this word that stand for no block: they count as taken for ever.
    private static func absent(_ size: Int, _ word: Int) -> UInt64 {
        let blocks = pageBytes / size - word * 64
        return blocks >= 64 ? 0 : ~0 << UInt64(blocks)
    }

    // MARK: From and to the free pages

    private func takePage(_ sizeClass: Int, _ seat: HeapSeat) -> Bool {
        guard let page = claimPage(seat) else { return false }
        let size = HeapClass.size(sizeClass)
        for word in 0..<Self.words(size) {
            let at = record(page) + 64 + word * 8
            // Free is what is alike: the others' words stay as they are.
            words.storeRelaxed(words.load(at + Self.others) ^ Self.absent(size, word), at: at)
        }
        words.store(
            HeapPage(.small, sizeClass: sizeClass, cache: seat.index).word, at: record(page))
        link(page, sizeClass, seat)
        let line = line(seat, sizeClass)
        words.storeRelaxed(UInt64(page + 1), at: line + Self.page)
        words.storeRelaxed(1, at: line + Self.looked)
        let at = record(page) + 64
        point(line, at, words.load(at + Self.others), start + page << 16)
        return true
    }

    func claimPage(_ seat: HeapSeat) -> Int? {
        let claimed = HeapPage(.claimed, cache: seat.index).word
        let hint = Int(truncatingIfNeeded: words.loadRelaxed(Self.nextPage))
        for i in 0..<pages {
            let page = (hint + i) % pages
            if words.loadRelaxed(record(page)) == 0,
                words.compareExchange(0, claimed, at: record(page)) == 0
            {
                words.storeRelaxed(UInt64((page + 1) % pages), at: Self.nextPage)
                return page
            }
        }
        return nil
    }

    /// Puts a page into the circle of its class. The circle is no more than a convenience: whose a page
    /// is, its state says.
    func link(_ page: Int, _ sizeClass: Int, _ seat: HeapSeat) {
        let line = line(seat, sizeClass)
        if let current = currentPage(line) {
            words.storeRelaxed(words.loadRelaxed(record(current) + 8), at: record(page) + 8)
            words.storeRelaxed(UInt64(page), at: record(current) + 8)
        } else {
            words.storeRelaxed(UInt64(page), at: record(page) + 8)
            words.storeRelaxed(UInt64(page + 1), at: line + Self.page)
            words.storeRelaxed(0, at: line + Self.looked)
        }
    }

    /// Gives all empty pages of the cache back. `false`: there were none.
    func releaseEmpty(_ seat: HeapSeat) -> Bool {
        var any = false
        for page in 0..<pages {
            let state = HeapPage(word: words.loadRelaxed(record(page)))
            guard state.isSmall, state.cache == seat.index, isEmpty(page, state.sizeClass) else {
                continue
            }
            any = true
            words.store(HeapPage.free.word, at: record(page))
            clear(state.sizeClass, seat)
            for other in 0..<pages { adopt(other, state.sizeClass, seat) }
        }
        return any
    }

    /// Makes the cache's lines anew from the states of its pages.
    func gather(_ seat: HeapSeat) {
        for sizeClass in 0..<HeapClass.count { clear(sizeClass, seat) }
        for page in 0..<pages { adopt(page, nil, seat) }
    }

    /// Links the page if it is the cache's, and of this class.
    private func adopt(_ page: Int, _ sizeClass: Int?, _ seat: HeapSeat) {
        let state = HeapPage(word: words.loadRelaxed(record(page)))
        guard state.isSmall, state.cache == seat.index else { return }
        if sizeClass == nil || sizeClass == state.sizeClass { link(page, state.sizeClass, seat) }
    }

    /// A class without pages.
    private func clear(_ sizeClass: Int, _ seat: HeapSeat) {
        let line = line(seat, sizeClass)
        let size = HeapClass.size(sizeClass)
        let isNew = words.loadRelaxed(line + Self.size) == 0
        // A class that has no page is clear; whoever died here may have been in the middle of a size.
        if !isNew && words.loadRelaxed(line + Self.page) == 0 { return }
        point(line, line + Self.nothing, .max, 0)
        words.storeRelaxed(0, at: line + Self.page)
        words.storeRelaxed(0, at: line + Self.looked)
        words.storeRelaxed(UInt64((1 << 32 + size - 1) / size), at: line + Self.inverse)
        words.storeRelaxed(UInt64(size), at: line + Self.size)
    }
}
