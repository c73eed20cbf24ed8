// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

extension TeamThread {
    /// Shares the range out and calls `body` with each chunk that falls to this thread; then waits for
    /// all. A construct.
    ///
    /// - Parameters:
    ///   - wait: `false`: goes on as soon as there is nothing left for this thread. Up to eight such
    ///     loops overlap; a thread that is further ahead waits.
    ///   - body: a chunk, never an empty one.
    /// - Throws: what `body` throws, and ``TeamError/sync(_:)``.
    public mutating func parallelFor(
        _ range: Range<Int>, _ schedule: TeamSchedule = .static(), wait: Bool = true,
        _ body: (Range<Int>) throws(TeamError) -> Void
    ) throws(TeamError) {
        let span = LoopSpan(range)
        switch schedule {
        case .static(let chunk):
            try dealOut(span, chunk, body)
            if wait { try barrier() }
        case .dynamic(let chunk):
            let chunks = LoopChunks(span, chunk: chunk)
            let lanes = min(presentSize, SharedLoop<SharedWords>.lanes)
            try construct(wait: wait) { (place, number, thread) throws(TeamError) in
                try thread.takeFromLanes(place, number, chunks.count, lanes) {
                    (ticket) throws(TeamError) in try body(chunks.range(ticket))
                }
            }
        case .guided(let least):
            try construct(wait: wait) { (place, number, thread) throws(TeamError) in
                try thread.takeGuided(place, number, span, least, body)
            }
        case .trapezoid(let first, let last):
            let cut = LoopTrapezoid(span, threads: presentSize, first: first, last: last)
            try construct(wait: wait) { (place, number, thread) throws(TeamError) in
                try thread.takeFromLanes(place, number, cut.count, 1) {
                    (ticket) throws(TeamError) in
                    let chunk = cut.range(ticket)
                    if !chunk.isEmpty { try body(chunk) }
                }
            }
        }
    }

    /// Enters the next construct, calls `body`, and leaves it.
    ///
    /// - Parameter last: what the last to come to its barrier does with its number.
    @inline(__always)
    mutating func construct(
        wait: Bool, last: (UInt64) -> Void = { _ in },
        _ body: (TeamPlace, UInt64, inout TeamThread) throws(TeamError) -> Void
    ) throws(TeamError) {
        let place = place
        let memory = place.memory
        let number = nextConstruct
        nextConstruct = number &+ 1
        let loop = place.block.loop(memory, number)
        if !loop.isReady(number) {
            var waiter = waiter(for: .everybody, on: place.block.offset, .team)
            do { try loop.enter(number, &waiter) } catch {
                waiter.end()
                throw .sync(error)
            }
            finish(waiter)
        }
        try body(place, number, &self)
        if wait {
            try barrier {
                last(number)
                place.block.loop(memory, number).recycle(number)
            }
        } else {
            loop.leave(number, of: presentSize)
        }
    }

    /// Known beforehand: one share, or chunks in turn.
    private func dealOut(
        _ span: LoopSpan, _ chunk: Int?, _ body: (Range<Int>) throws(TeamError) -> Void
    ) throws(TeamError) {
        guard let chunk else {
            let (lower, upper) = span.part(UInt64(presentRank), of: UInt64(presentSize))
            if lower < upper { try body(span.range(lower, upper)) }
            return
        }
        let chunks = LoopChunks(span, chunk: chunk)
        var next = UInt64(presentRank)
        while next < chunks.count {
            try body(chunks.range(next))
            next += UInt64(presentSize)
        }
    }

    /// Takes tickets 0 up to `count`, first from the part of them that is this thread's own, then from
    /// those of others, the nearest first: they are in the same VM.
    @inline(__always)
    private func takeFromLanes(
        _ place: TeamPlace, _ number: UInt64, _ count: UInt64, _ lanes: Int,
        _ body: (UInt64) throws(TeamError) -> Void
    ) throws(TeamError) {
        let memory = place.memory
        let loop = place.block.loop(memory, number)
        let home = presentRank * lanes / presentSize
        for step in 0..<lanes {
            let lane = home + step < lanes ? home + step : home + step - lanes
            let (lower, upper) = LoopSpan.part(UInt64(lane), of: UInt64(lanes), count)
            let length = upper - lower
            // A lane that others have emptied is only looked at: it stays in all caches.
            if step > 0, loop.taken(lane) >= length { continue }
            while true {
                let ticket = loop.take(lane)
                guard ticket < length else { break }
                try body(lower + ticket)
            }
        }
    }

    /// Takes its part of what is left, again and again.
    private func takeGuided(
        _ place: TeamPlace, _ number: UInt64, _ span: LoopSpan, _ least: Int,
        _ body: (Range<Int>) throws(TeamError) -> Void
    ) throws(TeamError) {
        let memory = place.memory
        let loop = place.block.loop(memory, number)
        let least = UInt64(max(least, 1))
        var seen = loop.taken(0)
        while seen < span.count {
            let left = span.count - seen
            let size = min(max(LoopChunks.quotient(left, UInt64(presentSize)), least), left)
            let found = loop.advance(seen, to: seen + size)
            if found != seen {
                seen = found
                continue
            }
            try body(span.range(seen, seen + size))
            seen = loop.taken(0)
        }
    }
}

extension TeamBlock {
    /// The descriptor of construct `number`.
    @_lifetime(borrow memory)
    @inline(__always)
    func loop(_ memory: SharedMemory, _ number: UInt64) -> SharedLoop<SharedWords> {
        SharedLoop(
            memory.words(at: offset, count: layout.bytes), ring: layout.loops, number: number)
    }
}
