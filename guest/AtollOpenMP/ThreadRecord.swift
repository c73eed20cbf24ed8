// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// What the runtime keeps of one thread, in the image: 16 lines of 64 bytes. Lines 0 to 7 are the
/// core's, 8 to 11 the tasks', 12 and 13 the image's and the heap's, 14 and 15 the report's.
///
/// Only the thread itself writes line 0. What a thread is *in a team* (its implicit task) stands in its
/// ``Seat``.
struct ThreadRecord: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    static var bytes: Int { 1024 }
    static var tasksLine: Int { 8 * 64 }
    static var imageLine: Int { 12 * 64 }
    static var reportLine: Int { 14 * 64 }

    /// The calling thread's; made at the first call of a thread that the program started.
    @inline(__always) static var current: ThreadRecord {
        let offset = atoll_self()
        if offset != 0 { return ThreadRecord(Int(truncatingIfNeeded: offset)) }
        return Runtime.adopt()
    }

    // MARK: Line 0: what each call needs

    /// The innermost team that it is in; at least the initial one, of itself alone.
    @inline(__always) var team: TeamRecord {
        get { record(0) }
        nonmutating set { set(0, newValue) }
    }
    /// Its implicit task in that team.
    @inline(__always) var seat: Seat {
        get { record(8) }
        nonmutating set { set(8, newValue) }
    }
    /// The ICVs of the task that runs now: the implicit task's in its seat, or an explicit one's.
    @inline(__always) var environment: TaskEnvironment {
        get { record(16) }
        nonmutating set { set(16, newValue) }
    }
    /// `omp_get_thread_num`.
    @inline(__always) var number: Int {
        get { integer(24) }
        nonmutating set { set(24, newValue) }
    }
    /// `omp_get_num_threads`.
    @inline(__always) var size: Int {
        get { integer(32) }
        nonmutating set { set(32, newValue) }
    }
    /// The explicit task that runs now; 0: the implicit one. The tasks' word: a fork keeps it and sets
    /// it to 0, the join gives it back.
    @inline(__always) var task: UInt64 {
        get { get(40) }
        nonmutating set { set(40, newValue) }
    }
    /// How long its waits spin: the pauses of the next one, and how many in a row have missed.
    @inline(__always) var spin: UInt64 {
        get { get(48) }
        nonmutating set { set(48, newValue) }
    }
    /// Where it may run: first place and number of places of its partition, and its own place + 1 (0:
    /// unbound); 16 bits each. For the affinity calls.
    @inline(__always) var place: UInt64 {
        get { get(56) }
        nonmutating set { set(56, newValue) }
    }

    // MARK: Line 1: who it is

    @inline(__always) var slot: Int {
        get { integer(64) }
        nonmutating set { set(64, newValue) }
    }
    /// The rank whose process it is a thread of. Written before the thread is started.
    @inline(__always) var rank: Int {
        get { integer(Self.imageLine + 8) }
        nonmutating set { set(Self.imageLine + 8, newValue) }
    }
    /// See ``ThreadPool``.
    static var stateField: Int { CrewPool<ImageWords>.stateAt }
    /// 1: it was started by the runtime, 0: by the program.
    @inline(__always) var isWorker: Bool {
        get { get(88) != 0 }
        nonmutating set { set(88, newValue ? UInt64(1) : 0) }
    }

    /// The pauses that its waits may spin at most.
    @inline(__always) var spinLimit: UInt64 {
        get { get(96) }
        nonmutating set { set(96, newValue) }
    }

    // MARK: Line 2: what an idle worker looks at

    /// The seat that it is to take, for a worker in no team; 0: none yet.
    static var assignmentField: Int { CrewPool<ImageWords>.assignmentAt }
}
