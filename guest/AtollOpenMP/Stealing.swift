// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// Dynamic loops whose chunks may be run in any order (OpenMP 5.1: nonmonotonic, the default): see
/// ``CrewShares``. A thread eight such loops ahead waits.
enum Stealing {
    typealias Shares = CrewShares<ImageWords>

    @inline(__always)
    static func fits(_ trips: UInt64, _ chunk: UInt64) -> Bool {
        trips < Shares.mask - 4 || trips / max(chunk, 1) < Shares.mask - 4
    }

    @inline(__always)
    static func enter(_ thread: ThreadRecord) -> UInt64 {
        let seat = thread.seat
        return thread.team.crew.enter(
            seat.offset, of: thread.size, Seat.stealingField, safe: Seat.safeStealingField,
            slots: Shares.slots, depth: 1, seat.generation
        ) { ImageWaiter(thread, .loop) }
    }

    /// A word that is of no loop soon.
    static func stale(_ seat: Seat) -> UInt64 { Shares.stale(seat.get(Seat.stealingField)) }

    @inline(__always)
    static func next(_ thread: ThreadRecord, _ seat: Seat, _ loop: LoopRecord) -> Bool {
        if loop.isEntered, let chunk = Shares.take(Tasks.words, seat: seat.offset, loop.construct) {
            return Loop.set(loop, chunk &* loop.chunk, loop.chunk)
        }
        return others(thread, loop)
    }

    /// The first chunk, or one that is not the thread's own.
    @inline(never)
    private static func others(_ thread: ThreadRecord, _ loop: LoopRecord) -> Bool {
        let trips = loop.trips
        let chunk = loop.chunk
        // All but the last one, which goes to whoever finds no other.
        let chunks = trips == 0 ? 0 : chunk == 1 ? trips &- 1 : (trips &- 1) / chunk
        let shares = Shares(
            Tasks.words, crew: thread.team.offset, loop.construct, thread: thread.number,
            of: thread.size, chunks: chunks)
        var found: UInt64?
        if !loop.isEntered {
            loop.isEntered = true
            found = shares.takeFirst()
        }
        if found == nil { found = shares.steal() }
        if let found { return Loop.set(loop, found &* chunk, chunk) }
        // The last chunk, for the first to come: he takes nothing after it, since gcc finds out whose
        // values `lastprivate` variables get by what a thread has had last.
        loop.kind = .ended
        if trips == 0 || !shares.takesLast() { return false }
        return Loop.set(loop, chunks &* chunk, chunk)
    }
}
