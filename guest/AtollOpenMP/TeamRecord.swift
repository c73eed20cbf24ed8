// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// A team: those that run one parallel region together, and, while it is hot, those that wait to run the
/// next one of the same task. Its seats follow it in memory.
///
/// A region begins with one store, of ``word``, and ends when each seat's `joined` says so.
struct TeamRecord: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    static var ringLine: Int { Crew<ImageWords>.ringAt }
    static var ringSlots: Int { Int(Crew<ImageWords>.slots) }
    static var seats: Int { Crew<ImageWords>.seatsAt }
    static func bytes(capacity: Int) -> Int { seats + capacity * Seat.bytes }

    /// How its threads meet.
    @inline(__always) var crew: Crew<ImageWords> { Crew(Tasks.words, at: offset) }
    @inline(__always) func seat(_ number: Int) -> Seat { Seat(crew.seat(number)) }

    // MARK: Line 0: what a worker needs to begin, all in the line that it waits on

    /// The generation of the region, and how many threads run it, in the lower 16 bits.
    static var wordField: Int { Crew<ImageWords>.wordAt }
    @inline(__always) var generation: UInt64 { self.get(Self.wordField) >> 16 }
    @inline(__always) var size: Int { Int(truncatingIfNeeded: get(Self.wordField) & 0xffff) }
    static var functionField: Int { 8 }
    static var dataField: Int { 16 }
    /// What the members begin to count barriers, constructs and loops with stealing from.
    static var barrierBase: Int { 24 }
    static var constructBase: Int { 32 }
    static var stealingBase: Int { 40 }
    /// The version of ``environment``.
    static var versionField: Int { 48 }
    /// How the encountering thread rounds.
    static var floatControl: Int { 56 }

    // MARK: Line 1: what does not change while the region runs

    /// Seats that there is room for.
    @inline(__always) var capacity: Int {
        get { integer(64) }
        nonmutating set { set(64, newValue) }
    }
    /// Seats that are taken: those from ``size`` on wait.
    @inline(__always) var members: Int {
        get { integer(72) }
        nonmutating set { set(72, newValue) }
    }
    /// The seat of the task that forked it; none: the initial team.
    @inline(__always) var parent: Seat {
        get { record(80) }
        nonmutating set { set(80, newValue) }
    }
    /// `omp_get_level`.
    @inline(__always) var level: Int {
        get { Int(truncatingIfNeeded: get(88) & 0xffff_ffff) }
        nonmutating set { set(88, get(88) & ~0xffff_ffff | UInt64(truncatingIfNeeded: newValue)) }
    }
    /// `omp_get_active_level`.
    @inline(__always) var activeLevel: Int {
        get { Int(truncatingIfNeeded: get(88) >> 32) }
        nonmutating set {
            set(88, get(88) & 0xffff_ffff | UInt64(truncatingIfNeeded: newValue) << 32)
        }
    }
    /// What the master was doing, to be taken up again at the join.
    @inline(__always) var outerEnvironment: TaskEnvironment {
        get { record(96) }
        nonmutating set { set(96, newValue) }
    }
    @inline(__always) var outerTask: UInt64 {
        get { get(104) }
        nonmutating set { set(104, newValue) }
    }
    /// The initial team of the contention group, which counts its threads.
    @inline(__always) var group: TeamRecord {
        get { record(112) }
        nonmutating set { set(112, newValue) }
    }
    /// The next one of those that are free.
    static var nextField: Int { 120 }

    // MARK: Line 2: what those who wait look at

    // What tasks and cancellation need: see ``Crew``.

    /// Seats from this number on leave the team, where ``size`` is 0.
    static var keptField: Int { 160 }

    // MARK: Line 3: the ICVs that the region began with

    @inline(__always) var environment: TaskEnvironment { TaskEnvironment(offset &+ 192) }

    // MARK: Lines 4 to 7: the tasks' own words of the team. Zero in a new team.

    static var tasksLine: Int { 4 * 64 }

    // MARK: Lines 8 to 15: the core's words that several threads write

    // Lines 8 and 9, 13: see ``Crew``.
    static var barrierCountLine: Int { Crew<ImageWords>.countAt }
    /// Threads of the contention group beside the initial one (in initial teams).
    static var groupThreadsLine: Int { 10 * 64 }
    /// League number and size of `teams` (in initial teams), 32 bits each.
    static var leagueField: Int { 10 * 64 + 8 }

    /// By which size and policy its seats have their places; 0: by none.
    static var placedField: Int { 176 }
    /// Threads that the region has taken of its contention group's limit.
    static var reservedField: Int { 184 }
    /// Lines 11 and 12: the loop or sections that a combined region begins with (see Combined).
    static var combinedLine: Int { 11 * 64 }
    /// Which barrier will end the loop or sections that are cancelled.
    static var cancelledWork: Int { 168 }

    // MARK: For tasks

    @inline(__always) func noteTasks(_ generation: UInt64) { crew.noteTasks(generation) }
    @inline(__always) func hasTasks(_ generation: UInt64) -> Bool { crew.hasTasks(generation) }
    @inline(__always) func isCancelled(_ generation: UInt64) -> Bool {
        crew.isCancelled(generation)
    }
}
