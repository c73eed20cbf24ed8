// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import AtollSystem

/// How a thread waits in a region, with an eye on what can end the wait: it spins for a while, then sleeps
/// in the kernel until it is rung for. Without a doorbell, or where somebody in the team does not ring, it
/// lets others run after the spinning, then naps longer and longer. From the end of the spin phase on it
/// says in its line of the team's block what it waits for.
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
    /// Until it is rung for: the loss of a member, the end of a process and the like ring for nobody.
    static var longestDoze: UInt64 { 100_000_000 }
    /// Rings in a row that others were meant by, after which it naps between two sleeps: a ring in vain
    /// must not cost more than a nap does.
    static var freeRings: UInt32 { 4 }

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
    private var doze = Doze()
    private var ringsInVain: UInt32 = 0
    private var hasNapped = false
    private(set) var slept = false

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

    @inline(__always)
    mutating func rouse() { place.rouse() }

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
        slept = false
        let bell = place.bellForSleep
        if bell == nil, waited < place.limits.yielding { return Processor.yield() }
        say(waited)
        if let bell, ringsInVain <= Self.freeRings || hasNapped {
            if dozes(bell) { return }
        } else {
            MonotonicClock.sleep(nanoseconds: min(sleep, timeout - waited))
            sleep = min(sleep * 2, Self.longestSleep)
            hasNapped = true
        }
        try place.check(known, everybody: purpose == .everybody)
    }

    /// Whether it has not slept yet, and looks again first.
    private mutating func dozes(_ bell: TeamBell) -> Bool {
        let longest = min(Self.longestDoze, timeout - waited)
        switch place.region.doze(&doze, bell, nanoseconds: longest) {
        case .announced: return true
        case .rung:
            ringsInVain &+= 1
            hasNapped = false
        case .overslept:
            ringsInVain = 0
            sleep = Self.shortestSleep
            slept = true
        }
        return false
    }

    // MARK: The thread's line

    private mutating func begin(_ now: UInt64) {
        started = max(now, 1)
        // Nobody sleeps while others sleep for want of its ring. Once: it would ring for itself later.
        place.rouse()
        doze = Doze()
        ringsInVain = 0
        hasNapped = false
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
        place.rouse()
        guard place.line != 0, object != 0 else { return }
        TeamThreadLine.endWait(
            place.memory, at: place.line, nanoseconds: max(MonotonicClock.now() &- started, 1))
    }
}
