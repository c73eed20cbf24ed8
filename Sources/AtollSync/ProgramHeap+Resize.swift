// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// Blocks that change their size and stay where they are.
extension ProgramHeap where M: ~Escapable {
    /// Makes a block at least so long, and gives back what it no longer needs.
    ///
    /// - Returns: whether it could be done in place; if not, the block is as it was.
    public func resize(_ block: Int, _ bytes: Int, _ waiter: inout some Waiter) -> Bool {
        guard bytes >= 0, bytes <= words.count else { return false }
        let page = ProgramPage(word: words.load(Self.record(of: block)))
        guard page.kind == .run else {
            // Half empty is worth a move; less is not.
            let size = size(of: block)
            return bytes <= size && (size <= 64 || bytes > size / 2)
        }
        let count = (bytes + Self.pageBytes - 1) >> 16
        if count == page.number { return true }
        if bytes <= Self.largestSmall { return false }
        let first = block >> 16
        lock(&waiter)
        defer { unlock() }
        if count < page.number {
            setRun(first, count)
            set(value(Self.taken) - page.number + count, at: Self.taken)
            freePages(first + count, page.number - count)
            return true
        }
        guard takeBehind(first + page.number, count - page.number) else { return false }
        countTaken(count - page.number)
        setRun(first, count)
        return true
    }

    /// Frees some pages of a run that was mapped: the run ends before them, and another begins behind.
    public func cut(
        _ first: Int, _ pages: Range<Int>, _ waiter: inout some Waiter
    ) {
        let page = ProgramPage(word: words.load(Self.record(of: first << 16)))
        let end = first + page.number
        let bytes = mapped(first)
        lock(&waiter)
        defer { unlock() }
        if pages.lowerBound > first {
            setRun(first, pages.lowerBound - first)
            setMapped(first, min(bytes, (pages.lowerBound - first) << 16))
        }
        if pages.upperBound < end {
            setRun(pages.upperBound, end - pages.upperBound)
            fillRest(pages.upperBound, end - pages.upperBound)
            setMapped(pages.upperBound, bytes - (pages.upperBound - first) << 16)
        }
        set(value(Self.taken) - pages.count, at: Self.taken)
        freePages(pages.lowerBound, pages.count)
    }

    /// Lets every page of a run name the first, so that the run is found from anywhere within.
    public func fillRest(_ first: Int, _ count: Int) {
        for page in (first + 1)..<max(first + count, first + 1) {
            words.storeRelaxed(ProgramPage(.rest, first).word, at: Self.record(of: page << 16))
        }
    }

    /// The run that was mapped here, if one was.
    public func run(around offset: Int) -> Range<Int>? {
        guard offset > 0, offset < words.count else { return nil }
        var first = offset >> 16
        var page = ProgramPage(word: words.load(Self.record(of: offset)))
        if page.kind == .rest {
            first = page.number
            page = ProgramPage(word: words.load(Self.record(of: first << 16)))
        }
        return page.kind == .run ? first..<(first + page.number) : nil
    }
}

/// What was mapped: runs that remember how many bytes were asked for.
extension ProgramHeap where M: ~Escapable {
    public func mapped(_ first: Int) -> Int { value(Self.record(of: first << 16) + Self.size) }

    public func setMapped(_ first: Int, _ bytes: Int) {
        set(bytes, at: Self.record(of: first << 16) + Self.size)
    }
}
