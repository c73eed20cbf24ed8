// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// A task, from its making until it and its children have ended. The first two lines are also what is
/// kept of an implicit task, in its ``Seat``.
struct TaskRecord: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    /// Records of this size are kept by the threads; longer ones come from the heap.
    static var bytes: Int { 320 }
    /// Where the data begin.
    static var payload: Int { 192 }
    /// What a tool keeps of it (``OmptTask``); untouched where there is none.
    static var toolLine: Int { 128 }
    static var room: Int { bytes - payload }

    // MARK: Line 0: 40 bytes of TaskLinks, then

    /// Its edges and nodes (``TaskDependences``), a multiple of 16; the lowest bits are the event's: 1:
    /// the function has returned, 2: the event has been fulfilled.
    static var extraField: Int { 40 }
    @inline(__always) var extra: Int { integer(Self.extraField) & ~15 }
    /// What its children depend on (``TaskTable``); 0: none has ever depended on anything.
    @inline(__always) var table: TaskTable {
        get { record(48) }
        nonmutating set { set(48, newValue) }
    }
    static var flagsField: Int { 56 }
    @inline(__always) var flags: UInt64 {
        get { get(Self.flagsField) }
        nonmutating set { set(Self.flagsField, newValue) }
    }

    static var final: UInt64 { 1 }
    /// Its data have been copied by a function: what that has made, only the task itself unmakes.
    static var copied: UInt64 { 2 }
    /// It has an event, and ends when that is fulfilled too.
    static var detached: UInt64 { 4 }
    /// Its parent's table knows it, or edges are in ``extra``.
    static var dependent: UInt64 { 8 }
    /// It is a block of the heap by itself.
    static var large: UInt64 { 16 }
    /// ``environment`` is a block of its own.
    static var changed: UInt64 { 32 }
    /// Its function has been called.
    static var started: UInt64 { 64 }
    /// Its clause says `untied`. It is not, here.
    static var untied: UInt64 { 128 }
    /// Which of its parent's children it is, from bit 8 on; counts anew after 16 million.
    @inline(__always) var turn: UInt64 { flags >> 8 & 0xff_ffff }
    @inline(__always) func setTurn(_ turn: UInt64) { flags |= (turn & 0xff_ffff) << 8 }
    /// The clause's, where it is more than 0, from bit 32 on.
    @inline(__always) var priority: Int { Int(truncatingIfNeeded: flags >> 32) }

    @inline(__always) func has(_ flag: UInt64) -> Bool { flags & flag != 0 }

    // MARK: Line 1: what it is

    @inline(__always) var function: UInt64 {
        get { get(64) }
        nonmutating set { set(64, newValue) }
    }
    /// An address.
    @inline(__always) var data: UInt64 {
        get { get(72) }
        nonmutating set { set(72, newValue) }
    }
    @inline(__always) var parent: TaskRecord {
        get { record(80) }
        nonmutating set { set(80, newValue) }
    }
    /// The innermost task group around it: of what it makes now.
    @inline(__always) var group: TaskGroup {
        get { record(88) }
        nonmutating set { set(88, newValue) }
    }
    @inline(__always) var team: TeamRecord {
        get { record(96) }
        nonmutating set { set(96, newValue) }
    }
    /// The next one in a queue.
    @inline(__always) var next: TaskRecord {
        get { record(104) }
        nonmutating set { set(104, newValue) }
    }
    /// The thread that lends the record.
    static var ownerField: Int { 112 }
    @inline(__always) var environment: TaskEnvironment {
        get { record(120) }
        nonmutating set { set(120, newValue) }
    }

    // MARK: -

    /// What a deque says of it: whose child it is and in which group, 8 bits each, above the offset.
    @inline(__always) var tagged: UInt64 {
        UInt64(offset) | Self.tag(parent.offset) << 48 | Self.tag(group.offset) << 56
    }
    @inline(__always) static func tag(_ offset: Int) -> UInt64 {
        UInt64(truncatingIfNeeded: offset >> 6 ^ offset >> 14) & 0xff
    }
    @inline(__always) init(tagged: UInt64) {
        self.init(Int(truncatingIfNeeded: tagged & (1 << 48 - 1)))
    }
}

/// A task group: who waits for its tasks to end. In a block of a task record's size.
struct TaskGroup: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    @inline(__always) var outer: TaskGroup {
        get { record(0) }
        nonmutating set { set(0, newValue) }
    }
    /// Descendants in it that have not ended.
    static var pendingField: Int { 8 }
    static var cancelledField: Int { 16 }
    /// What has been registered by GOMP_taskgroup_reduction_register: an address, 0 for none.
    @inline(__always) var reductions: UInt64 {
        get { get(24) }
        nonmutating set { set(24, newValue) }
    }
    /// It is a work-sharing construct's, for its reductions' sake.
    @inline(__always) var isWorkshare: Bool {
        get { get(32) != 0 }
        nonmutating set { set(32, newValue ? UInt64(1) : 0) }
    }

    /// A new one, in which nothing is yet.
    @inline(__always)
    static func make(_ thread: ThreadRecord, in outer: TaskGroup) -> TaskGroup {
        let group = TaskGroup(TaskBlocks.take(thread))
        group.outer = outer
        group.set(pendingField, 0)
        group.set(cancelledField, 0)
        // Tasks in it may be of a reduction of an outer one's.
        group.reductions = outer.isNone ? 0 : outer.reductions
        group.isWorkshare = false
        return group
    }

    /// Whether what is in it shall not begin any more.
    var isCancelled: Bool {
        if load(Self.cancelledField) != 0 { return true }
        return isWorkshare && !outer.isNone && outer.load(Self.cancelledField) != 0
    }
}
