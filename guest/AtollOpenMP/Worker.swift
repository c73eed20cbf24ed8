// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// What a thread does that the runtime has started: it takes the seats that it is given, and runs the
/// regions of their teams.
enum Worker {
    static func run(_ thread: ThreadRecord) {
        while true {
            let seat = Seat(ThreadPool.words.assigned(thread.offset) { IdleWaiter(thread) })
            serve(thread, seat, seat.team)
            Teams.disband(seat)
            thread.team = .none
            // First free for another team: whoever waits for the seat may want this thread next.
            ThreadPool.release(thread, to: .idle)
            seat.store(Seat.threadField, 0)
            Bell.rouse()
        }
    }

    private static func serve(_ thread: ThreadRecord, _ seat: Seat, _ team: TeamRecord) {
        let number = seat.number
        thread.team = team
        thread.seat = seat
        thread.environment = seat.environment
        thread.number = number
        thread.task = 0
        var seen = seat.generation
        // Whether it takes part in the region that it has seen.
        var isIn = false
        var isNew = true
        while true {
            let word = team.crew.next(after: seen, isIn: isIn, { IdleWaiter(thread) }) {
                help(thread, team, seat, seen)
            }
            seen = word >> 16
            let size = Int(truncatingIfNeeded: word & 0xffff)
            if size == 0 { return }
            isIn = number < size
            if isIn {
                work(thread, team, seat, seen, size, isNew: isNew)
                isNew = false
                if Ompt.isOn {
                    Ompt.awaitRelease(thread, team, seat, seen) { help(thread, team, seat, seen) }
                    isIn = false
                }
            }
        }
    }

    @inline(__always)
    private static func work(
        _ thread: ThreadRecord, _ team: TeamRecord, _ seat: Seat, _ generation: UInt64, _ size: Int,
        isNew: Bool
    ) {
        seat.generation = generation
        seat.begin(team)
        thread.size = size
        if seat.place != thread.place { Places.take(thread, seat.place) }
        let control = team.get(TeamRecord.floatControl)
        if control != atoll_float_control() { atoll_set_float_control(control) }
        atoll_locale_follow()
        if isNew { AffinityText.showIfAsked() }
        Figures.enterRegion(thread)
        if Ompt.isOn { Ompt.implicitBegins(thread) }
        atoll_call(team.get(TeamRecord.functionField), team.get(TeamRecord.dataField))
        if Ompt.isOn { Ompt.joinBegins(thread) }
        Figures.leaveRegion(thread)
        if team.hasTasks(generation) { Tasks.endImplicit(thread) }
        if seat.isToEnd(thread, team, generation), !team.hasTasks(generation) {
            Tasks.endImplicit(thread)
        }
        team.crew.join(seat.offset, generation)
        Bell.rouse()
    }

    /// The region has tasks: runs some, until they have all ended, and says that it runs none any more.
    @inline(never)
    private static func help(
        _ thread: ThreadRecord, _ team: TeamRecord, _ seat: Seat, _ generation: UInt64
    ) {
        team.crew.help(
            seat.offset, generation, { ImageWaiter(thread) }, run: { Tasks.runOne(thread) },
            leave: { Tasks.endImplicit(thread) })
    }
}

/// Of a worker that has nothing to do, and may be asked to end as far as tools are told.
struct IdleWaiter: CrewWaiter {
    private let thread: ThreadRecord
    private var waiter: ImageWaiter

    @inline(__always)
    init(_ thread: ThreadRecord) {
        self.thread = thread
        waiter = ImageWaiter(thread)
    }

    @inline(__always)
    mutating func step() {
        Ompt.idles(thread)
        waiter.step()
    }
    @inline(__always) mutating func pause(_ times: Int) { waiter.pause(times) }
    @inline(__always) mutating func end() { waiter.end() }
}
