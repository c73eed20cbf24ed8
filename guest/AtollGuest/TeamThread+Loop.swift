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
        var loop = try beginLoop(range, schedule)
        while let chunk = next(&loop) { try body(chunk) }
        try endLoop(loop, wait: wait)
    }

    /// The same for a body that needs its thread, for locks and the like. It must not meet another
    /// construct, since other threads may meet it more often, or not at all.
    public mutating func parallelFor(
        _ range: Range<Int>, _ schedule: TeamSchedule = .static(), wait: Bool = true,
        _ body: (inout TeamThread, Range<Int>) throws(TeamError) -> Void
    ) throws(TeamError) {
        var loop = try beginLoop(range, schedule)
        while let chunk = next(&loop) { try body(&self, chunk) }
        try endLoop(loop, wait: wait)
    }

    @inline(__always)
    private func next(_ loop: inout TeamLoop) -> Range<Int>? {
        loop.nextChunk(mapped.words(at: block.offset, count: block.layout.bytes))
    }

    /// Begins a loop whose chunks this thread takes by ``TeamLoop/nextChunk()`` until there are none,
    /// and then ends it by ``endLoop(_:wait:)``. With that, a construct.
    ///
    /// - Throws: ``TeamError/sync(_:)``.
    public mutating func beginLoop(_ range: Range<Int>, _ schedule: TeamSchedule = .static())
        throws(TeamError) -> TeamLoop
    {
        let number = TeamLoop.isShared(schedule) ? try enterConstruct() : nil
        return TeamLoop(
            place, LoopSpan(range), schedule, rank: presentRank, size: presentSize,
            construct: number)
    }

    /// Ends a loop that this thread has begun, and waits for all, or not.
    ///
    /// - Throws: ``TeamError/sync(_:)``.
    public mutating func endLoop(_ loop: TeamLoop, wait: Bool = true) throws(TeamError) {
        if let number = loop.construct {
            try leaveConstruct(number, wait: wait)
        } else if wait {
            try barrier()
        }
    }

    /// Enters the next construct: gives its number when its descriptor is ready.
    @inline(__always)
    mutating func enterConstruct() throws(TeamError) -> UInt64 {
        let number = nextConstruct
        nextConstruct = number &+ 1
        if !isReady(number) { try enterSlowly(number) }
        return number
    }

    @inline(__always)
    private func isReady(_ number: UInt64) -> Bool {
        let words = mapped.words(at: block.offset, count: block.layout.bytes)
        return SharedLoop(words, ring: block.layout.loops, number: number).isReady(number)
    }

    @inline(never)
    private mutating func enterSlowly(_ number: UInt64) throws(TeamError) {
        let place = place
        let memory = place.memory
        var waiter = waiter(for: .everybody, on: block.offset, .team)
        do { try place.block.loop(memory, number).enter(number, &waiter) } catch {
            waiter.end()
            throw .sync(error)
        }
        finish(waiter)
    }

    /// Leaves it.
    ///
    /// - Parameter last: what the last to come to its barrier does, while the descriptor is still there.
    @inline(__always)
    mutating func leaveConstruct(_ number: UInt64, wait: Bool, last: () -> Void = {})
        throws(TeamError)
    {
        if wait {
            let place = place
            try barrier {
                last()
                let memory = place.memory
                place.block.loop(memory, number).recycle(number)
            }
        } else {
            let words = mapped.words(at: block.offset, count: block.layout.bytes)
            SharedLoop(words, ring: block.layout.loops, number: number)
                .leave(number, of: presentSize)
            place.rouse()
        }
    }
}
