// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// Work-sharing loops (OpenMP 5.1, section 2.11.4): for every schedule but the static one without calls.
///
///     Loop.begin(thread, start, trips, increment, kind, chunk)
///     while Loop.next(thread) { iterations seat.loop.low ..< seat.loop.high }
///
/// and then a barrier, or none.
enum Loop {
    /// More iterations than any machine will run are dealt out as blocks: the shared counts hold 48 bits.
    static var most: UInt64 { 1 << 47 }

    /// Iterations of `start, start + increment, ...` up to `end`, which is not one of them.
    @inline(__always)
    static func trips(_ start: Int, _ end: Int, _ increment: Int) -> UInt64 {
        if increment > 0 {
            return start < end
                ? (UInt64(bitPattern: Int64(end &- start)) &- 1) / UInt64(increment) &+ 1 : 0
        }
        return end < start && increment != 0
            ? (UInt64(bitPattern: Int64(start &- end)) &- 1) / increment.magnitude.wide &+ 1 : 0
    }

    @inline(__always)
    static func trips(_ isUp: Bool, _ start: UInt64, _ end: UInt64, _ increment: UInt64) -> UInt64 {
        if isUp { return start < end && increment != 0 ? (end &- start &- 1) / increment &+ 1 : 0 }
        let down = 0 &- increment
        return end < start && down != 0 ? (start &- end &- 1) / down &+ 1 : 0
    }

    @inline(__always)
    static func begin(
        _ thread: ThreadRecord, _ start: UInt64, _ trips: UInt64, _ increment: UInt64,
        _ kind: LoopKind, _ chunk: UInt64, isOrdered: Bool = false
    ) {
        if Ompt.isOn { Ompt.workBegins(thread, .loop, trips) }
        let loop = thread.seat.loop
        loop.start = start
        loop.increment = increment
        loop.trips = trips
        loop.chunk = kind == .block ? chunk : max(chunk, 1)
        var kind = kind
        if kind == .stealing, isOrdered || !Stealing.fits(trips, chunk) { kind = .counted }
        if kind.rawValue > LoopKind.cyclic.rawValue, trips >= most || chunk >= most {
            kind = .block
        }
        loop.kind = kind
        loop.turn = 0
        loop.isEntered = false
        loop.order = isOrdered ? 1 : 0
        loop.low = 0
        loop.high = 0
        if kind == .stealing {
            loop.construct = Stealing.enter(thread)
        } else if isOrdered || kind == .counted || kind == .guided {
            loop.construct = Construct.enter(thread)
        }
    }

    /// Takes the next iterations; false: none are left for this thread.
    @inline(__always)
    static func next(_ thread: ThreadRecord) -> Bool {
        let seat = thread.seat
        let loop = seat.loop
        switch loop.kind {
        case .stealing: return Stealing.next(thread, seat, loop)
        case .counted:
            let construct = loop.construct
            loop.kind = .counting
            let taken = Construct.slot(thread.team, construct)
                .takeFirst()
            return set(loop, taken &* loop.chunk, loop.chunk)
        case .counting:
            let taken = Construct.slot(thread.team, loop.construct).take()
            return set(loop, taken &* loop.chunk, loop.chunk)
        default: return nextSlowly(thread, loop)
        }
    }

    /// The same as compilers want it: the values of the loop variable, at two addresses.
    @inline(__always)
    static func next(_ thread: ThreadRecord, _ low: UInt64, _ high: UInt64) -> Bool {
        if !next(thread) { return false }
        let loop = thread.seat.loop
        atoll_core_put(low, loop.value(loop.low))
        atoll_core_put(high, loop.value(loop.high))
        return true
    }

    /// The same for the calling thread's loop that is dynamic and not ordered. Of chunks from a shared count there
    /// are many, and all threads want them at once: so without what others of the runtime ask for.
    @inline(__always)
    static func nextDynamic(_ low: UInt64, _ high: UInt64) -> Bool {
        let offset = Int(truncatingIfNeeded: atoll_self())
        if offset == 0 { return nextOfCaller(low, high) }
        let loop = ThreadRecord(offset).seat.loop
        if loop.kind != .counting { return nextOfCaller(low, high) }
        let (chunk, trips) = (loop.chunk, loop.trips)
        let first = Construct.slot(ThreadRecord(offset).team, loop.construct).take() &* chunk
        if first >= trips { return false }
        atoll_core_put(low, loop.value(first))
        atoll_core_put(high, loop.value(min(first &+ chunk, trips)))
        return true
    }

    @inline(never)
    private static func nextOfCaller(_ low: UInt64, _ high: UInt64) -> Bool {
        next(ThreadRecord.current, low, high)
    }

    @inline(__always)
    static func set(_ loop: LoopRecord, _ low: UInt64, _ count: UInt64) -> Bool {
        let trips = loop.trips
        if low >= trips { return false }
        loop.low = low
        loop.high = min(low &+ count, trips)
        return true
    }

    @inline(never)
    private static func nextSlowly(_ thread: ThreadRecord, _ loop: LoopRecord) -> Bool {
        let size = UInt64(truncatingIfNeeded: thread.size)
        let number = UInt64(truncatingIfNeeded: thread.number)
        let turn = loop.turn
        switch loop.kind {
        case .block:
            if turn != 0 { return false }
            loop.turn = 1
            let (low, high) = CrewShares<ImageWords>.block(loop.trips, number, of: size)
            return low < high && set(loop, low, high &- low)
        case .cyclic:
            loop.turn = turn &+ 1
            let (low, isOver) = (turn &* size &+ number).multipliedReportingOverflow(by: loop.chunk)
            return !isOver && set(loop, low, loop.chunk)
        case .guided:
            return guided(thread, loop, size)
        default: return false
        }
    }

    private static func guided(
        _ thread: ThreadRecord, _ loop: LoopRecord, _ size: UInt64
    ) -> Bool {
        let share = Construct.slot(thread.team, loop.construct)
            .takeShare(of: size, least: loop.chunk, end: loop.trips)
        guard let share else { return false }
        return set(loop, share.low, share.count)
    }
}

extension UInt {
    @inline(__always) var wide: UInt64 { UInt64(self) }
}
