// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import AtollSystem

/// How a thread waits in a region: it spins for a while, then lets others run, then sleeps longer and
/// longer, with an eye on what can end the wait. From the end of the spin phase on it says in its line
/// of the team's block what it waits for.
struct TeamWaiter: Waiter {
    /// What the wait is for.
    enum Purpose {
        /// All processes of the job: one that has ended will not come.
        case everybody
        /// One other thread.
        case somebody
    }

    static var shortestSleep: UInt64 { 20_000 }
    static var longestSleep: UInt64 { 500_000 }

    private let place: TeamPlace
    private let purpose: Purpose
    /// What it waits for, as the line says it.
    private let object: Int
    private let kind: UInt64
    /// Nanoseconds that it may take.
    private let timeout: UInt64
    private var pauses: Int32
    private var started: UInt64 = 0
    private var sleep = TeamWaiter.shortestSleep
    /// Nanoseconds of this wait so far; 0 while it only spun.
    private(set) var waited: UInt64 = 0
    private var budget: Int32
    /// Members whose loss ends no wait.
    private var known: UInt64 = 0

    /// - Parameters:
    ///   - pauses: how long it spins. A timed wait does not: the clock is its business.
    ///   - timeout: nanoseconds; after them the wait throws ``SyncError/timedOut``.
    @inline(__always)
    init(
        _ place: TeamPlace, for purpose: Purpose, on object: Int = 0, kind: UInt64 = 0,
        pauses: Int32, timeout: UInt64 = .max
    ) {
        self.place = place
        self.purpose = purpose
        self.object = object
        self.kind = kind
        self.timeout = timeout
        budget = timeout == .max ? pauses : 0
        self.pauses = budget
    }

    /// For a thread without a line.
    init(_ region: Region, _ watch: TeamWatch?, for purpose: Purpose) {
        self.init(
            TeamPlace(region, watch), for: purpose, pauses: SpinLimits.standard.pauses)
    }

    @inline(__always)
    mutating func wait() throws(SyncError) {
        if pauses > 0 {
            pauses &-= 1
            return Processor.pause()
        }
        try waitSlowly()
    }

    /// Begins another wait for the same.
    @inline(__always)
    mutating func begin(pauses: Int32) {
        budget = pauses
        self.pauses = pauses
        started = 0
        waited = 0
        sleep = Self.shortestSleep
        known = 0
    }

    mutating func disregard(_ slots: UInt64) { known |= slots }

    @inline(__always)
    mutating func pause(_ times: Int) {
        var left = min(Int32(truncatingIfNeeded: times), pauses)
        pauses -= left
        while left > 0 {
            Processor.pause()
            left -= 1
        }
    }

    /// What the next wait of this thread learns from this one.
    @inline(__always)
    func teach(_ spin: inout SpinBudget) {
        if started != 0 {
            spin.miss()
        } else if pauses != budget {
            spin.hit()
        }
    }

    @inline(never)
    private mutating func waitSlowly() throws(SyncError) {
        let now = MonotonicClock.now()
        if started == 0 { begin(now) }
        waited = max(now &- started, 1)
        try place.check(known, everybody: false)
        if waited >= timeout { throw .timedOut }
        if waited < place.limits.yielding { return Processor.yield() }
        say(waited)
        MonotonicClock.sleep(nanoseconds: min(sleep, timeout - waited))
        sleep = min(sleep * 2, Self.longestSleep)
        try place.check(known, everybody: purpose == .everybody)
    }

    // MARK: The thread's line

    private mutating func begin(_ now: UInt64) {
        started = max(now, 1)
        guard place.line != 0, object != 0 else { return }
        TeamThreadLine.startWait(place.memory, at: place.line, on: object, kind: kind)
    }

    private func say(_ nanoseconds: UInt64) {
        guard place.line != 0, object != 0 else { return }
        TeamThreadLine.renewWait(place.memory, at: place.line, nanoseconds)
    }

    /// Clears the line, if this wait has written it. Call it when the wait is over.
    @inline(__always)
    func end() { if started != 0 { endSlowly() } }

    @inline(never)
    private func endSlowly() {
        guard place.line != 0, object != 0 else { return }
        TeamThreadLine.endWait(
            place.memory, at: place.line, nanoseconds: max(MonotonicClock.now() &- started, 1))
    }
}
