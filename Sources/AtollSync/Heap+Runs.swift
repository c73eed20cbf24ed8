// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// Large blocks: runs of pages.
///
/// All pages of a run are claimed first; then the later ones become its rest, in order; then the
/// first becomes the run. Freeing goes the other way round. So a claimed page, the rests that count
/// from it, and the claimed ones of the same cache are all that a death can leave.
extension Heap where M: ~Escapable {
    @usableFromInline
    func allocateRun(_ bytes: Int, _ seat: HeapSeat) throws(HeapError) -> Int {
        guard bytes <= pages * Self.pageBytes else { throw .noRoom(bytes: bytes) }
        let count = (bytes + Self.pageBytes - 1) / Self.pageBytes
        if let block = findRun(count, seat) { return block }
        if releaseEmpty(seat), let block = findRun(count, seat) { return block }
        throw .noRoom(bytes: bytes)
    }

    private func findRun(_ count: Int, _ seat: HeapSeat) -> Int? {
        var first = 0
        while first + count <= pages {
            // From the last backwards: where one is taken, the search goes on after it.
            var page = first + count - 1
            while page >= first && words.loadRelaxed(record(page)) == 0 { page -= 1 }
            if page < first {
                page = claimRun(first, count, seat)
                if page == first + count { return start + first << 16 }
            }
            first = page + 1
        }
        return nil
    }

    /// Gives the page that another took first, or the one after the run.
    private func claimRun(_ first: Int, _ count: Int, _ seat: HeapSeat) -> Int {
        let claimed = HeapPage(.claimed, cache: seat.index).word
        for page in first..<(first + count) {
            if words.compareExchange(0, claimed, at: record(page)) != 0 {
                for mine in first..<page { words.store(0, at: record(mine)) }
                return page
            }
        }
        for page in (first + 1)..<max(first + count, first + 1) {
            words.store(HeapPage(.rest, pages: page - first).word, at: record(page))
        }
        words.store(HeapPage(.run, pages: count).word, at: record(first))
        return first + count
    }

    @usableFromInline
    func freeRun(_ offset: Int, _ page: Int, _ seat: HeapSeat) throws(HeapError) {
        let state = HeapPage(word: words.load(record(page)))
        guard start + page << 16 == offset else { throw .notABlock(offset: offset) }
        let isOver = state.isFree || state.word & 0xff == HeapPage.Kind.claimed.rawValue
        guard state.isRun else {
            throw isOver ? .alreadyFree(offset: offset) : .notABlock(offset: offset)
        }
        let claimed = HeapPage(.claimed, cache: seat.index).word
        guard words.compareExchange(state.word, claimed, at: record(page)) == state.word else {
            throw .alreadyFree(offset: offset)
        }
        freeRest(page)
        words.store(0, at: record(page))
    }

    /// Frees the pages that count from this one, the last of them first.
    func freeRest(_ page: Int) {
        var end = page + 1
        while end < pages,
            words.load(record(end)) == HeapPage(.rest, pages: end - page).word
        { end += 1 }
        while end > page + 1 {
            end -= 1
            words.store(0, at: record(end))
        }
    }
}
