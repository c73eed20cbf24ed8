// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// Barriers and other waits of a task (OpenMP 5.1, sections 4.5.2.13 and 4.5.2.14), work-sharing constructs
// (4.5.2.5), cancellation (4.5.2.18).

extension Ompt {
    // MARK: Regions in which a task waits

    @inline(never)
    static func syncBegins(_ thread: ThreadRecord, _ kind: Sync, waits: Bool = true) {
        let task = OmptTask.current(thread)
        task.enter(atoll_ompt_entry_frame())
        let code = atoll_ompt_return_address()
        let parallel = thread.team.parallelData
        tell(OMPT_SYNC_REGION, kind.rawValue, begin, parallel, task.dataAddress, code)
        if waits { waitBegins(thread, kind) } else { task.enter(0) }
    }

    @inline(never)
    static func waitBegins(_ thread: ThreadRecord, _ kind: Sync) {
        let task = OmptTask.current(thread)
        task.enter(atoll_ompt_entry_frame())
        thread.toolState = kind.state
        tell(
            OMPT_SYNC_REGION_WAIT, kind.rawValue, begin, thread.team.parallelData,
            task.dataAddress, atoll_ompt_return_address())
    }

    @inline(never)
    static func syncEnds(_ thread: ThreadRecord, _ kind: Sync, waits: Bool = true) {
        let task = OmptTask.current(thread)
        let (parallel, code) = (thread.team.parallelData, atoll_ompt_return_address())
        if waits {
            tell(OMPT_SYNC_REGION_WAIT, kind.rawValue, end, parallel, task.dataAddress, code)
        }
        tell(OMPT_SYNC_REGION, kind.rawValue, end, parallel, task.dataAddress, code)
        thread.toolState = working(thread)
        task.enter(0)
    }

    /// A barrier: `kind` unless the compiler's code has said another before.
    @inline(never)
    static func barrier(_ thread: ThreadRecord, _ kind: Sync, cancels: Bool) -> Bool {
        let kind = Sync(rawValue: thread.nextBarrier) ?? kind
        thread.nextBarrier = 0
        endOpenWork(thread, OmptTask.current(thread))
        syncBegins(thread, kind)
        let isCancelled = Barrier.wait(thread, cancels: cancels)
        syncEnds(thread, kind)
        return isCancelled
    }

    // MARK: Work-sharing

    @inline(never)
    static func workBegins(_ thread: ThreadRecord, _ work: Work, _ count: UInt64) {
        let task = OmptTask.current(thread)
        endOpenWork(thread, task)
        let said = Work(rawValue: thread.nextWork) ?? .none
        thread.nextWork = 0
        task.work = said == .none ? work : said
        tell(
            OMPT_WORK, task.work.rawValue, begin, thread.team.parallelData, task.dataAddress,
            count, atoll_ompt_return_address())
    }

    @inline(never)
    static func workEnds(_ thread: ThreadRecord) {
        endOpenWork(thread, OmptTask.current(thread))
    }

    /// gcc's code does not say when a `single` ends: at the latest, what the task comes to next.
    static func endOpenWork(_ thread: ThreadRecord, _ task: OmptTask) {
        let work = task.work
        if work == .none { return }
        task.work = .none
        tell(
            OMPT_WORK, work.rawValue, end, thread.team.parallelData, task.dataAddress, 0,
            atoll_ompt_return_address())
    }

    @inline(never)
    static func single(_ thread: ThreadRecord, isExecutor: Bool) {
        workBegins(thread, isExecutor ? .executor : .other, 1)
        if !isExecutor { workEnds(thread) }
    }

    // MARK: Cancellation

    /// `what`: as gcc's code names it; `flags`: ompt_cancel_activated or _detected.
    @inline(never)
    static func cancels(_ thread: ThreadRecord, _ what: Cancellation.What, _ flags: UInt64) {
        let kind: UInt64 =
            switch what {
            case .parallel: 1
            case .sections: 2
            case .loop: 4
            case .group: 8
            }
        tell(
            OMPT_CANCEL, OmptTask.current(thread).dataAddress, kind | flags,
            atoll_ompt_return_address())
    }
}

extension Barrier {
    /// ``wait(_:cancels:)``, with a tool told of it.
    @inline(__always)
    @discardableResult
    static func pass(_ thread: ThreadRecord, _ kind: Ompt.Sync, cancels: Bool = false) -> Bool {
        if Ompt.isOn { return Ompt.barrier(thread, kind, cancels: cancels) }
        return wait(thread, cancels: cancels)
    }
}

// MARK: For clang's code

@c public func atoll_ompt_work(_ type: Int32, _ endpoint: Int32, _ count: UInt64) {
    guard let work = Ompt.Work(rawValue: UInt64(type)) else { return }
    Ompt.workBegins(ThreadRecord.current, work, count)
}

@c public func atoll_ompt_work_end() { Ompt.workEnds(ThreadRecord.current) }

@c public func atoll_ompt_next_barrier(_ kind: Int32) {
    ThreadRecord.current.nextBarrier = UInt64(kind)
}

@c public func atoll_ompt_masked(_ endpoint: Int32) {
    let thread = ThreadRecord.current
    Ompt.tell(
        OMPT_MASKED, UInt64(endpoint), thread.team.parallelData,
        OmptTask.current(thread).dataAddress, atoll_ompt_return_address())
}

@c public func atoll_ompt_reduction(_ endpoint: Int32) {
    let thread = ThreadRecord.current
    Ompt.tell(
        OMPT_REDUCTION, Ompt.Sync.reduction.rawValue, UInt64(endpoint),
        thread.team.parallelData, OmptTask.current(thread).dataAddress,
        atoll_ompt_return_address())
    thread.toolState = endpoint == 1 ? Ompt.Sync.reduction.state : Ompt.working(thread)
}

@c public func atoll_ompt_flush() {
    let thread = ThreadRecord.current
    Ompt.tell(
        OMPT_FLUSH, UInt64(thread.address) + UInt64(ThreadRecord.toolField),
        atoll_ompt_return_address())
}
