// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// What a tool keeps of a task, and what it can ask of one: a line in the record of an explicit task, or in
/// the seat of an implicit one.
struct OmptTask: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    /// Of the task that the thread runs.
    static func current(_ thread: ThreadRecord) -> OmptTask {
        thread.task != 0
            ? OmptTask(Int(truncatingIfNeeded: thread.task) + TaskRecord.toolLine)
            : of(thread.seat)
    }
    static func of(_ seat: Seat) -> OmptTask { OmptTask(seat.offset + Seat.toolLine) }
    static func of(_ task: TaskRecord) -> OmptTask { OmptTask(task.offset + TaskRecord.toolLine) }

    /// Where its `ompt_data_t` lies, and its `ompt_frame_t`.
    var dataAddress: UInt64 { UInt64(address) }
    var frameAddress: UInt64 { UInt64(address) + 8 }

    private static var exitField: Int { 8 }
    private static var enterField: Int { 16 }
    private static var frameFlags: Int { 24 }

    /// `ompt_task_flag_t`.
    var flags: UInt64 {
        get { get(40) }
        nonmutating set { set(40, newValue) }
    }
    var isExplicit: Bool { flags & 4 != 0 }
    /// The task that its thread ran before, for an explicit one.
    var outer: OmptTask {
        get { record(32) }
        nonmutating set { set(32, newValue) }
    }
    /// The work-sharing construct that it is in, as far as the tool has been told.
    var work: Ompt.Work {
        get { Ompt.Work(rawValue: get(48)) ?? .none }
        nonmutating set { set(48, newValue.rawValue) }
    }

    /// A new task.
    func reset(flags: UInt64) {
        var field = 0
        while field < 64 {
            set(field, UInt64(0))
            field += 8
        }
        self.flags = flags
        // Both are frames of the runtime's, by their frame pointers.
        set(Self.frameFlags, UInt64(0x20 | 0x20 << 32))
    }

    /// Held while one of the two ends of a detached task is told, so that they agree which came first.
    var lock: ImageLock { ImageLock(self, 56) }

    /// The task calls the runtime, or 0: goes on by itself.
    func enter(_ frame: UInt64) { set(Self.enterField, frame) }
    /// The runtime calls the task's function from this frame; 0: it has returned.
    func exit(_ frame: UInt64) { set(Self.exitField, frame) }
}

/// The tools interface's words in the image's header.
struct OmptHeader: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    static var shared: OmptHeader { @inline(__always) get { OmptHeader(3712) } }
    static var endingField: Int { 8 * Int(ATOLL_OMPT_ENDING) }
}

extension Seat {
    static var toolLine: Int { 704 }
    /// The region whose end the tool has been told of.
    static var toldField: Int { 760 }
}

extension TeamRecord {
    /// The `ompt_data_t` of the region.
    static var toolField: Int { 896 }
    /// The region that the tool knows of.
    static var tracedField: Int { 904 }
    /// The region whose implicit barrier all have come to.
    static var releasedField: Int { 912 }
    /// Where the program has encountered it.
    static var codeField: Int { 920 }
    /// `ompt_parallel_flag_t`.
    static var toolFlags: Int { 928 }

    var parallelData: UInt64 { UInt64(address) + UInt64(Self.toolField) }
}

extension ThreadRecord {
    /// The thread's `ompt_data_t`.
    static var toolField: Int { 384 }
    var toolState: UInt64 {
        get { get(392) }
        nonmutating set { set(392, newValue) }
    }
    var toolWait: UInt64 {
        get { get(400) }
        nonmutating set { set(400, newValue) }
    }
    /// 0: the tool does not know of it, 1: it does, 2: it knows of its end too.
    static var toldField: Int { 408 }
    /// What the next construct is, where its entry point does not say: see ``Ompt/Sync``, ``Ompt/Work``.
    var nextBarrier: UInt64 {
        get { get(416) }
        nonmutating set { set(416, newValue) }
    }
    var nextWork: UInt64 {
        get { get(424) }
        nonmutating set { set(424, newValue) }
    }
    /// It runs a task in a taskyield.
    var yields: Bool {
        get { get(432) != 0 }
        nonmutating set { set(432, newValue ? UInt64(1) : 0) }
    }
}
