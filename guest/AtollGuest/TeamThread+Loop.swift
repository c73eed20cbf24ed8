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
        while let chunk = loop.nextChunk() { try body(chunk) }
        try endLoop(loop, wait: wait)
    }

    /// The same for a body that needs its thread, for locks and the like. It must not meet another
    /// construct, since other threads may meet it more often, or not at all.
    public mutating func parallelFor(
        _ range: Range<Int>, _ schedule: TeamSchedule = .static(), wait: Bool = true,
        _ body: (inout TeamThread, Range<Int>) throws(TeamError) -> Void
    ) throws(TeamError) {
        var loop = try beginLoop(range, schedule)
        while let chunk = loop.nextChunk() { try body(&self, chunk) }
        try endLoop(loop, wait: wait)
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
        let place = place
        let memory = place.memory
        let number = nextConstruct
        nextConstruct = number &+ 1
        let loop = place.block.loop(memory, number)
        if loop.isReady(number) { return number }
        var waiter = waiter(for: .everybody, on: place.block.offset, .team)
        do { try loop.enter(number, &waiter) } catch {
            waiter.end()
            throw .sync(error)
        }
        finish(waiter)
        return number
    }

    /// Leaves it.
    ///
    /// - Parameter last: what the last to come to its barrier does, while the descriptor is still there.
    @inline(__always)
    mutating func leaveConstruct(_ number: UInt64, wait: Bool, last: () -> Void = {})
        throws(TeamError)
    {
        let place = place
        let memory = place.memory
        if wait {
            try barrier {
                last()
                place.block.loop(memory, number).recycle(number)
            }
        } else {
            place.block.loop(memory, number).leave(number, of: presentSize)
        }
    }
}
