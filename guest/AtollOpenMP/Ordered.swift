// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

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
        let (low, construct) = (loop.low, loop.construct)
        if !isTurn(slot, low, construct) {
            var waiter = ImageWaiter(thread, .loop)
            repeat {
                waiter.step()
            } while !isTurn(slot, low, construct) && !Cancellation.isHere(thread)
            waiter.end()
        }
        loop.order = 2
    }

    /// Nobody has given the turn on yet: it is the first iteration's.
    @inline(__always)
    private static func isTurn(_ slot: Construct, _ low: UInt64, _ construct: UInt64) -> Bool {
        slot.load(Construct.turnConstruct) == construct
            ? slot.load(Construct.turnField) == low : low == 0
    }

    @inline(__always)
    private static func pass(_ thread: ThreadRecord, _ loop: LoopRecord) {
        let slot = Construct.slot(thread.team, loop.construct)
        slot.store(Construct.turnField, loop.high)
        if slot.get(Construct.turnConstruct) != loop.construct {
            slot.store(Construct.turnConstruct, loop.construct)
        }
    }
}
