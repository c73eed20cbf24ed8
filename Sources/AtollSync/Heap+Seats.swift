// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// Threads come, go, and die.
extension Heap where M: ~Escapable {
    /// Takes a seat for the calling thread: one that nobody has, with all that is cached there.
    ///
    /// - Parameter me: one seat, one name: a thread that uses a heap at two seats has two names, or it
    ///   must not die.
    /// - Throws: ``HeapError/noSeat``.
    public func join(as me: Owner, _ liveness: some Liveness) throws(HeapError) -> HeapSeat {
        // What another has left is used before new pages are.
        for index in 0..<seats where words.load(cache(index)) == Self.left {
            if take(index, me, liveness) { return settle(index) }
        }
        for index in 0..<seats where take(index, me, liveness) { return settle(index) }
        throw .noSeat
    }

    private func settle(_ index: Int) -> HeapSeat {
        let seat = HeapSeat(index: index, at: cache(index))
        freeClaimed(index)
        gather(seat)
        return seat
    }

    /// Gives the seat up, with all that is cached: who joins next has it. The seat must not be used
    /// any more.
    public func leave(_ seat: HeapSeat) { words.store(Self.left, at: seat.at) }

    /// In place of an owner: nobody, and there may be something in the cache.
    private static var left: UInt64 { Owner.poisonedBit }

    /// Takes over what is cached at seats that nobody has, or dead threads.
    ///
    /// - Returns: how many pages came to the caller's cache or became free.
    public func reclaim(_ seat: HeapSeat, as me: Owner, _ liveness: some Liveness) -> Int {
        var count = 0
        for index in 0..<seats where index != seat.index && words.load(cache(index)) != 0 {
            guard take(index, me, liveness) else { continue }
            count += freeClaimed(index)
            for page in 0..<pages {
                let state = HeapPage(word: words.load(record(page)))
                guard state.isSmall, state.cache == index else { continue }
                let mine = HeapPage(.small, sizeClass: state.sizeClass, cache: seat.index)
                words.store(mine.word, at: record(page))
                link(page, state.sizeClass, seat)
                count += 1
            }
            words.store(0, at: cache(index))
        }
        if count > 0 { _ = words.add(UInt64(count), at: Self.adopted) }
        return count
    }

    /// Makes an ownerless or dead thread's cache the caller's.
    private func take(_ index: Int, _ me: Owner, _ liveness: some Liveness) -> Bool {
        let at = cache(index)
        let seen = words.load(at)
        if let owner = Owner(in: seen) {
            guard owner != me, liveness.isLost(owner) else { return false }
        }
        guard words.compareExchange(seen, me.word, at: at) == seen else { return false }
        if Owner(in: seen) != nil { _ = words.add(1, at: SyncLayout.deaths) }
        return true
    }

    /// Frees what was on its way from or to the free pages when the cache's thread died.
    @discardableResult
    private func freeClaimed(_ index: Int) -> Int {
        let claimed = HeapPage(.claimed, cache: index).word
        var count = 0
        for page in 0..<pages where words.load(record(page)) == claimed {
            freeRest(page)
            words.store(0, at: record(page))
            count += 1
        }
        return count
    }
}
