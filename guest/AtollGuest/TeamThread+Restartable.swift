// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

extension TeamThread {
    /// Shares the range out as ``parallelFor(_:_:wait:_:)`` does, and survives the loss of members: the
    /// chunks that a lost member had taken and not finished are handed out again, to those who are left.
    /// The team then goes on without the lost: see ``presentSize``. A construct, and a barrier.
    ///
    /// The launcher must let the job go on, too: `--on-loss continue`.
    ///
    /// ## If the holder dies
    /// The loop ends as if the member had never been there, as long as one member is left, and so do
    /// all constructs after it. A loss in any other construct ends the team, as always, and so does an
    /// error that `body` throws. A thread that holds a lock when it dies leaves it to the next, as
    /// always.
    ///
    /// - Parameters:
    ///   - chunk: how many iterations one takes at a time; more, where there would be over 1024 chunks.
    ///   - body: a chunk. It may have been done before in part or wholly, by a thread that is lost, so
    ///     that it must be repeatable: what it writes may depend on nothing that it has written.
    /// - Returns: slots of the members that were lost in this loop; 0 where none were.
    /// - Throws: what `body` throws, and ``TeamError/sync(_:)``.
    @discardableResult
    public mutating func parallelForRestartable(
        _ range: Range<Int>, chunk: Int = 1,
        _ body: (inout TeamThread, Range<Int>) throws(TeamError) -> Void
    ) throws(TeamError) -> UInt64 {
        let before = seat.lostSlots
        var lost = before
        let number = try enterConstruct()
        let chunks = LoopChunks(LoopSpan(range), chunk: chunk, most: UInt64(TeamLayout.chunkCount))
        let count = Int(chunks.count)
        let (first, _) = LoopSpan.part(
            UInt64(presentRank), of: UInt64(presentSize), chunks.count)
        var open: [Int] = []
        for step in 0..<count {
            let index = Int(first) + step < count ? Int(first) + step : Int(first) + step - count
            if place.table(number, { $0.take(index, rank: rank) }) {
                try run(chunks.range(UInt64(index)), body)
                place.table(number) { $0.finish(index) }
                place.rouse()
            } else if place.table(number, { $0.state(of: index) }) != .done {
                open.append(index)
            }
        }
        try finishOthers(open, chunks, number, &lost, body)
        try meetWithoutLost(number, &lost)
        return lost & ~before
    }

    private mutating func run(
        _ chunk: Range<Int>, _ body: (inout TeamThread, Range<Int>) throws(TeamError) -> Void
    ) throws(TeamError) {
        let isNested = isRestartable
        isRestartable = true
        defer { isRestartable = isNested }
        do { try body(&self, chunk) } catch {
            // The others see the loss too, and go on without who was lost: not so without this thread.
            if case .sync(.memberLost(let slots)) = error, slots & place.ownSlot(rank) == 0 {
                team.leave(rank)
            }
            throw error
        }
    }

    /// Waits until chunks are done that others have taken, and does those of the lost.
    private mutating func finishOthers(
        _ chosen: [Int], _ chunks: LoopChunks, _ number: UInt64, _ lost: inout UInt64,
        _ body: (inout TeamThread, Range<Int>) throws(TeamError) -> Void
    ) throws(TeamError) {
        var open = chosen
        var waiter = waiter(for: .everybody, on: place.block.offset, .team)
        waiter.disregard(lost)
        defer { waiter.end() }
        while true {
            for index in open {
                guard case .taken(let holder) = place.table(number, { $0.state(of: index) }),
                    place.isLost(holder, lost),
                    place.table(number, { $0.take(index, from: holder, rank: rank) })
                else { continue }
                try run(chunks.range(UInt64(index)), body)
                place.table(number) { $0.finish(index) }
                place.rouse()
            }
            open.removeAll { index in place.table(number) { $0.state(of: index) } == .done }
            if open.isEmpty { return }
            do { try waiter.wait() } catch {
                guard case .memberLost(let slots) = error else { throw .sync(error) }
                lost |= slots
                waiter.disregard(slots)
                if slots & place.ownSlot(rank) != 0 { throw .sync(error) }
            }
        }
    }

    /// The barrier at the end: it goes on without the lost.
    private mutating func meetWithoutLost(_ number: UInt64, _ lost: inout UInt64)
        throws(TeamError)
    {
        let place = place
        let before = seat.lostSlots
        while true {
            do throws(TeamError) {
                if lost & ~seat.lostSlots != 0 {
                    let known = lost
                    try meet { (barrier, seat, waiter) throws(SyncError) in
                        waiter.disregard(known)
                        try barrier.shrink(&seat, &waiter, without: known)
                        waiter.rouse()
                    }
                }
                let (gone, next) = (seat.lostSlots, nextConstruct)
                try meet { (barrier, seat, waiter) throws(SyncError) in
                    waiter.disregard(gone)
                    try barrier.wait(&seat, &waiter) {
                        place.settle(without: gone, number, next: next)
                    }
                }
                break
            } catch {
                guard case .sync(.memberLost(let slots)) = error,
                    slots & place.ownSlot(rank) == 0
                else { throw error }
                lost |= slots
            }
        }
        // Nobody else is gone: who was lost after it came shows in the next construct.
        lost = seat.lostSlots
        if lost != before { countPresent() }
    }

    /// Sets who is left by what the barrier goes on without.
    mutating func countPresent() {
        let present = place.block.ranks(place.memory, without: seat.lostSlots)
        ranks = TeamRanks(size: size, present: present)
        presentSize = present.count
        presentRank = present.firstIndex(of: rank) ?? rank
    }
}

extension TeamPlace {
    /// The chunks of the restartable loop with this number.
    func table<R>(_ number: UInt64, _ body: (ChunkTable<SharedWords>) -> R) -> R {
        let memory = memory
        let words = memory.words(at: block.chunk(0), count: TeamLayout.chunkCount * 8)
        return body(ChunkTable(words, at: 0, loop: number))
    }

    func isLost(_ rank: Int, _ lost: UInt64) -> Bool { ownSlot(rank) & lost != 0 }

    /// The slot of the member whose thread has this rank, as a bit.
    func ownSlot(_ rank: Int) -> UInt64 { 1 << UInt64(block.slot(memory, ofRank: rank) & 63) }

    /// What the last to come to the end of a restartable loop does.
    func settle(without gone: UInt64, _ number: UInt64, next: UInt64) {
        let memory = memory
        let known = memory.load(word: block.dropped)
        if gone & ~known == 0 {
            block.loop(memory, number).recycle(number)
        } else {
            // The lost will never leave descriptors that they were in.
            block.renewLoops(memory, from: next)
            memory.store(known | gone, word: block.dropped)
        }
    }
}
