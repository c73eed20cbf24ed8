// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// Loops with `ordered(n)` and `depend(source | sink)` (OpenMP 5.1, section 2.19.9.2): a table, which the
/// first thread of the loop makes, says for each part of the outermost loop how far its thread has come.
///
/// A part is what one thread runs in order: its block, or a chunk. How far: the iteration vectors of all
/// loops, counted in their order, plus one.
enum Doacross {
    /// - Parameters:
    ///   - counts: the address of the numbers of iterations of the loops, outermost first.
    static func begin(
        _ thread: ThreadRecord, _ dimensions: UInt32, _ counts: UInt64, _ request: LoopRequest
    ) {
        var request = request
        // The table has no room for what a thread takes from another.
        if request.kind == .stealing { request.kind = .counted }
        request.begin(thread, isOrdered: false)
        let loop = thread.seat.loop
        let construct = Construct.enter(thread)
        let trips = loop.trips
        let each: UInt64 = loop.kind == .guided ? 1 : loop.kind == .block ? 0 : loop.chunk
        let parts =
            each == 0
            ? UInt64(truncatingIfNeeded: thread.size)
            : trips == 0 ? 1 : (trips &- 1) / each &+ 1
        // A line for each, as long as that does not take too much.
        let stride: UInt64 = parts <= 1 << 16 ? 64 : 8
        let head = UInt64(DoacrossTable.head)
        let address = Construct.memory(thread, construct, head + parts * stride) { block in
            let table = DoacrossTable.at(block)
            table.dimensions = UInt64(dimensions)
            table.each = each
            table.stride = stride
            table.trips = trips
            table.size = UInt64(truncatingIfNeeded: thread.size)
            var dimension: UInt64 = 0
            while dimension < UInt64(dimensions) {
                table.setCount(dimension, atoll_core_get(counts + dimension * 8))
                dimension += 1
            }
        }
        if address == 0 { atoll_core_no_memory() }
        loop.doacross = DoacrossTable.at(address)
    }

    /// The iteration has done what others wait for.
    @inline(__always)
    static func post(_ thread: ThreadRecord, _ vector: UInt64) {
        let table = thread.seat.loop.doacross
        table.store(table.part(atoll_core_get(vector)), table.flat(vector) &+ 1)
        Bell.rouse()
    }

    /// Until the iteration has been posted.
    @inline(__always)
    static func wait(_ thread: ThreadRecord, _ vector: UInt64) {
        let table = thread.seat.loop.doacross
        let part = table.part(atoll_core_get(vector))
        let wanted = table.flat(vector)
        if table.load(part) > wanted { return }
        var waiter = ImageWaiter(thread, .loop)
        repeat { waiter.step() } while table.load(part) <= wanted && !Cancellation.isHere(thread)
        waiter.end()
    }
}

@c
public func GOMP_doacross_post(_ vector: UInt64) { Doacross.post(ThreadRecord.current, vector) }

@c
public func GOMP_doacross_ull_post(_ vector: UInt64) { Doacross.post(ThreadRecord.current, vector) }

@c
public func atoll_core_doacross_dimensions() -> UInt64 {
    ThreadRecord.current.seat.loop.doacross.dimensions
}

@c
public func atoll_core_doacross_wait(_ vector: UInt64) {
    Doacross.wait(ThreadRecord.current, vector)
}
