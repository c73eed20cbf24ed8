// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// The `ordered` construct (OpenMP 5.1, section 2.19.9): the turn goes from chunk to chunk, in the order of
/// their iterations, as a word of the loop's slot.
enum Ordered {
    /// Waits for the turn of the thread's chunk.
    @inline(__always)
    static func begin(_ thread: ThreadRecord) {
        let loop = thread.seat.loop
        if loop.order == 1 { take(thread, loop) }
    }

    /// A chunk of one iteration gives the turn on at once; a larger one when its thread takes the next.
    @inline(__always)
    static func end(_ thread: ThreadRecord) {
        let loop = thread.seat.loop
        if loop.order == 2, loop.high &- loop.low == 1 {
            pass(thread, loop)
            loop.order = 3
        }
    }

    /// The thread is done with its chunk: to be called before it takes another one.
    @inline(__always)
    static func leave(_ thread: ThreadRecord) {
        let loop = thread.seat.loop
        if loop.order == 0 || loop.high == loop.low { return }
        if loop.order == 1 { take(thread, loop) }
        if loop.order == 2 { pass(thread, loop) }
        loop.order = 1
        loop.low = loop.high
    }

    @inline(__always)
    private static func take(_ thread: ThreadRecord, _ loop: LoopRecord) {
        let slot = Construct.slot(thread.team, loop.construct)
        // The first iteration's turn is there from the start.
        if loop.low != 0, !slot.isTurn(loop.low) { wait(thread, loop, slot) }
        loop.order = 2
    }

    /// A look that comes too early takes the line away from the thread that is to give the turn on, which must
    /// then wait for it: so a thread learns how long the turn stays away, and looks when it should be
    /// back. It fetches the line such that it need not ask again to write to it.
    @inline(never)
    private static func wait(_ thread: ThreadRecord, _ loop: LoopRecord, _ slot: Construct.Slot) {
        let low = loop.low
        let delay = loop.delay
        atoll_core_idle(delay / 8)
        atoll_core_prefetch(ImageWords.base &+ UInt(bitPattern: slot.turn))
        if slot.isTurn(low) {
            if delay >= 8 { loop.delay = delay &- 8 }
            return
        }
        // The longest: a microsecond or less.
        loop.delay = min(delay &+ 64, 8000)
        // With a pause after each look from the first on.
        var waiter = ImageWaiter(thread, .loop, looks: 0)
        repeat {
            waiter.step()
            if waiter.isLong, Cancellation.isHere(thread) { break }
        } while !slot.isTurn(low)
        waiter.end()
    }

    @inline(__always)
    private static func pass(_ thread: ThreadRecord, _ loop: LoopRecord) {
        Construct.slot(thread.team, loop.construct).endTurn(loop.high)
        Bell.rouse()
    }
}
