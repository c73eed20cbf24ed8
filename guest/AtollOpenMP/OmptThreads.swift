// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// Threads (OpenMP 5.1, sections 4.5.2.1 and 4.5.2.2), and the initial tasks of those that the program has
// started.

extension Ompt {
    /// The calling thread, `kind` in `ompt_thread_t`, is new to the tool.
    @inline(never)
    static func threadBegins(_ thread: ThreadRecord, kind: UInt64) {
        thread.set(ThreadRecord.toolField, UInt64(0))
        thread.set(ThreadRecord.toldField, UInt64(1))
        thread.toolState = kind == 1 ? State.serial : State.idle
        tell(OMPT_THREAD_BEGIN, kind, UInt64(thread.address) + UInt64(ThreadRecord.toolField))
    }

    /// A thread of the program's own, in its initial task.
    @inline(never)
    static func initialBegins(_ thread: ThreadRecord) {
        threadBegins(thread, kind: 1)
        initialTaskBegins(thread)
    }

    /// Also that of a target region.
    @inline(never)
    static func initialTaskBegins(_ thread: ThreadRecord) {
        let task = OmptTask.of(thread.seat)
        task.reset(flags: 1)
        thread.team.set(TeamRecord.toolField, UInt64(0))
        tell(OMPT_IMPLICIT_TASK, begin, thread.team.parallelData, task.dataAddress, 1, 1, 1)
    }

    @inline(never)
    static func initialEnds(_ thread: ThreadRecord) {
        guard thread.get(ThreadRecord.toldField) == 1 else { return }
        // Not where the program ends from within a region.
        if thread.team.parent.isNone { initialTaskEnds(thread) }
        threadEnds(thread)
    }

    @inline(never)
    static func initialTaskEnds(_ thread: ThreadRecord) {
        let task = OmptTask.of(thread.seat)
        endOpenWork(thread, task)
        tell(OMPT_IMPLICIT_TASK, end, 0, task.dataAddress, 0, 1, 1)
    }

    static func threadEnds(_ thread: ThreadRecord) {
        tell(OMPT_THREAD_END, UInt64(thread.address) + UInt64(ThreadRecord.toolField))
        thread.store(ThreadRecord.toldField, UInt64(2))
    }

    // MARK: Workers

    /// By a worker that waits for work: it ends where the program does.
    @inline(__always)
    static func idles(_ thread: ThreadRecord) {
        if isOn, OmptHeader.shared.load(OmptHeader.endingField) != 0 { workerEnds(thread) }
    }

    @inline(never)
    private static func workerEnds(_ thread: ThreadRecord) {
        guard thread.get(ThreadRecord.toldField) == 1, thread.toolState == State.idle else {
            return
        }
        threadEnds(thread)
    }

    /// Has the idle workers of all ranks tell of their end. One that is in a region never does.
    static func endWorkers() {
        OmptHeader.shared.store(OmptHeader.endingField, UInt64(1))
        var waiter = ImageWaiter()
        for slot in 0..<Int(atoll_process_slots()) {
            let thread = ThreadRecord(
                Int(truncatingIfNeeded: atoll_thread_offset(UInt32(slot))))
            while thread.get(ThreadRecord.stateField) != 0, thread.isWorker,
                thread.load(ThreadRecord.toldField) == 1, thread.toolState == State.idle
            {
                waiter.step()
            }
        }
    }
}

@c public func atoll_ompt_thread_begin() { Ompt.initialBegins(ThreadRecord.current) }

@c public func atoll_ompt_thread_end() {
    if atoll_self() != 0 { Ompt.initialEnds(ThreadRecord.current) }
}

@c public func atoll_ompt_end_workers() { Ompt.endWorkers() }
