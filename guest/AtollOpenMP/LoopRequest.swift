// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// A loop as a compiler asks for it.
struct LoopRequest {
    var start: UInt64
    var trips: UInt64
    var increment: UInt64
    var kind: LoopKind
    var chunk: UInt64

    @inline(__always)
    init(_ start: Int, _ end: Int, _ increment: Int, _ kind: LoopKind, _ chunk: Int) {
        self.start = UInt64(bitPattern: Int64(start))
        self.increment = UInt64(bitPattern: Int64(increment))
        trips = Loop.trips(start, end, increment)
        self.kind = kind == .cyclic && chunk == 0 ? .block : kind
        self.chunk = UInt64(bitPattern: Int64(max(chunk, 0)))
    }

    @inline(__always)
    init(
        _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ increment: UInt64, _ kind: LoopKind,
        _ chunk: UInt64
    ) {
        self.start = start
        self.increment = increment
        trips = Loop.trips(isUp, start, end, increment)
        self.kind = kind == .cyclic && chunk == 0 ? .block : kind
        self.chunk = chunk
    }

    /// With the schedule of run-sched-var.
    @inline(__always)
    mutating func take(_ environment: TaskEnvironment, isMonotonic: Bool) {
        take(
            environment.schedule, UInt64(truncatingIfNeeded: max(environment.scheduleChunk, 0)),
            isMonotonic: isMonotonic)
    }

    /// `schedule`: 0: run-sched-var's, else `omp_sched_t`; bit 31 says monotonic.
    mutating func take(
        _ schedule: UInt64, _ chunk: UInt64, isMonotonic: Bool
    ) {
        let mustKeepOrder = isMonotonic || schedule & 0x8000_0000 != 0
        self.chunk = chunk
        kind = LoopKind(schedule: schedule & 0x7fff_ffff, chunk: chunk, isMonotonic: mustKeepOrder)
    }

    /// GOMP_loop_start's `schedule`: that, or 0 for run-sched-var's.
    mutating func take(_ schedule: Int, _ chunk: UInt64, _ environment: TaskEnvironment) {
        let schedule = UInt64(truncatingIfNeeded: schedule)
        if schedule & 0x7fff_ffff == 0 {
            take(environment, isMonotonic: schedule & 0x8000_0000 != 0)
        } else {
            take(schedule, chunk, isMonotonic: false)
        }
    }

    @inline(__always)
    func begin(_ thread: ThreadRecord, isOrdered: Bool = false) {
        Loop.begin(thread, start, trips, increment, kind, chunk, isOrdered: isOrdered)
    }

    /// The first iterations too, as compilers want them.
    @inline(__always)
    func begin(
        _ thread: ThreadRecord, _ low: UInt64, _ high: UInt64, isOrdered: Bool = false
    ) -> Bool {
        begin(thread, isOrdered: isOrdered)
        return Loop.next(thread, low, high)
    }
}
