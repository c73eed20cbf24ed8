// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// Explicit tasks (OpenMP 5.1, sections 4.5.2.6 to 4.5.2.8).

extension Ompt {
    /// `ompt_task_status_t`.
    enum Status: UInt64 {
        case complete = 1
        case yield = 2
        case cancel = 3
        case detach = 4
        case earlyFulfill = 5
        case lateFulfill = 6
        case change = 7
    }

    /// The running task has made one. `depend`: its dependences as gcc passes them; 0: none.
    @inline(never)
    static func taskCreated(
        _ thread: ThreadRecord, _ task: TaskRecord, depend: UInt64 = 0, isUndeferred: Bool = false
    ) {
        let (parent, new) = (OmptTask.current(thread), OmptTask.of(task))
        var flags: UInt64 = 4
        if isUndeferred { flags |= 0x0800_0000 }
        if task.has(TaskRecord.untied) { flags |= 0x1000_0000 }
        if task.has(TaskRecord.final) { flags |= 0x2000_0000 }
        new.reset(flags: flags)
        parent.enter(atoll_ompt_entry_frame())
        tell(
            OMPT_TASK_CREATE, parent.dataAddress, parent.frameAddress, new.dataAddress, flags,
            depend == 0 ? 0 : 1, atoll_ompt_return_address())
        parent.enter(0)
        if depend != 0, atoll_ompt_wants(Int32(OMPT_DEPENDENCES)) {
            dependences(new, depend)
        }
    }

    /// `ompt_dependence_t` is an address and a kind, in two words.
    private static func dependences(_ task: OmptTask, _ depend: UInt64) {
        let count = TaskDependences.count(depend)
        let list = TaskBlocks.allocate(16 * Int(count), alignment: 16)
        var at = list
        TaskDependences.forEach(depend) { address, kind in
            Tasks.words.storeRelaxed(address, at: at)
            Tasks.words.storeRelaxed(type(kind, address), at: at + 8)
            at += 16
        }
        tell(
            OMPT_DEPENDENCES, task.dataAddress,
            UInt64(ImageWords.base) + UInt64(list), count)
        TaskBlocks.free(list)
    }

    /// `ompt_dependence_type_t`: in, inout, inoutset, inout_all_memory.
    private static func type(_ kind: UInt64, _ address: UInt64) -> UInt64 {
        if kind == TaskDependences.Kind.in { return 1 }
        if kind == TaskDependences.Kind.inoutset { return 7 }
        return address == 0 ? 35 : 3
    }

    @inline(never)
    static func depends(_ task: TaskRecord, on older: TaskRecord) {
        tell(OMPT_TASK_DEPENDENCE, OmptTask.of(older).dataAddress, OmptTask.of(task).dataAddress)
    }

    private static func change(_ from: OmptTask, _ status: Status, _ to: UInt64) {
        tell(OMPT_TASK_SCHEDULE, from.dataAddress, status.rawValue, to)
    }

    /// The thread is about to run a task instead of what it runs now.
    @inline(never)
    static func taskBegins(_ thread: ThreadRecord, _ task: TaskRecord) {
        let (outer, new) = (OmptTask.current(thread), OmptTask.of(task))
        let isYield = thread.yields
        thread.yields = false
        new.outer = outer
        change(outer, isYield ? .yield : .change, new.dataAddress)
        new.exit(atoll_ompt_exit_frame())
        thread.toolState = State.parallel
    }

    /// Its function has returned, and the thread runs again what it did before. ``settled(_:)`` has to follow
    /// for a detached one that goes on.
    @inline(never)
    static func taskEnds(_ thread: ThreadRecord, _ task: TaskRecord) {
        let words = OmptTask.of(task)
        let isDetached = task.has(TaskRecord.detached)
        if isDetached { words.lock.acquire(thread) }
        let waits = isDetached && task.load(TaskRecord.extraField) & 2 == 0
        words.exit(0)
        endOpenWork(thread, words)
        change(words, waits ? .detach : .complete, OmptTask.current(thread).dataAddress)
    }

    /// It is not run, since its group or region has been cancelled.
    @inline(never)
    static func taskDiscarded(_ thread: ThreadRecord, _ task: TaskRecord) {
        let isRegion = thread.team.isCancelled(thread.seat.generation)
        tell(OMPT_CANCEL, OmptTask.of(task).dataAddress, (isRegion ? 1 : 8) | 0x40, 0)
        change(OmptTask.of(task), .cancel, OmptTask.current(thread).dataAddress)
    }

    @inline(never)
    static func settled(_ task: TaskRecord) { OmptTask.of(task).lock.release() }

    /// Its event is about to be fulfilled; ``settled(_:)`` has to follow.
    @inline(never)
    static func fulfilled(_ task: TaskRecord) {
        OmptTask.of(task).lock.acquire(ThreadRecord.current)
        let isLate = task.load(TaskRecord.extraField) & 1 != 0
        change(OmptTask.of(task), isLate ? .lateFulfill : .earlyFulfill, 0)
    }

    /// Runs something that waits for tasks, with a tool told of it.
    @inline(__always)
    static func wait(_ thread: ThreadRecord, _ kind: Sync, _ body: () -> Void) {
        if !isOn { return body() }
        syncBegins(thread, kind)
        body()
        syncEnds(thread, kind)
    }

    // MARK: taskloop

    @inline(never)
    static func taskloopBegins(_ thread: ThreadRecord, _ count: UInt64, _ isGrouped: Bool) {
        taskloop(thread, begin, count)
        if isGrouped { syncBegins(thread, .taskgroup, waits: false) }
    }

    @inline(never)
    static func taskloopEnds(_ thread: ThreadRecord, _ isGrouped: Bool) {
        if isGrouped { syncEnds(thread, .taskgroup) }
        taskloop(thread, end, 0)
    }

    /// Not work of the team's: it may stand in a loop.
    static func taskloop(_ thread: ThreadRecord, _ endpoint: UInt64, _ count: UInt64) {
        tell(
            OMPT_WORK, Work.taskloop.rawValue, endpoint, thread.team.parallelData,
            OmptTask.current(thread).dataAddress, count, atoll_ompt_return_address())
    }
}

@c public func atoll_ompt_taskloop(_ endpoint: Int32, _ count: UInt64) {
    Ompt.taskloop(ThreadRecord.current, UInt64(endpoint), count)
}
