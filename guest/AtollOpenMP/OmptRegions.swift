// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// Parallel regions and their implicit tasks (OpenMP 5.1, sections 4.5.2.3 to 4.5.2.6). The events of a
// region are nested: all its implicit tasks have ended before it does, which costs a round of the team.

extension Ompt {
    /// Before the team begins. `isCalled`: the runtime calls the primary thread's share, not the program.
    @inline(never)
    static func parallelBegins(
        _ thread: ThreadRecord, _ team: TeamRecord, _ count: Int, isCalled: Bool
    ) {
        let task = OmptTask.current(thread)
        team.set(TeamRecord.toolField, UInt64(0))
        team.set(TeamRecord.tracedField, team.generation &+ 1)
        team.set(TeamRecord.codeField, atoll_ompt_return_address())
        team.set(TeamRecord.toolFlags, UInt64(isCalled ? 0x8000_0002 : 0x8000_0001))
        task.enter(atoll_ompt_entry_frame())
        tell(
            OMPT_PARALLEL_BEGIN, task.dataAddress, task.frameAddress, team.parallelData,
            UInt64(count), team.get(TeamRecord.toolFlags), team.get(TeamRecord.codeField))
    }

    /// By each thread of the team, before its share.
    @inline(never)
    static func implicitBegins(_ thread: ThreadRecord) {
        if thread.get(ThreadRecord.toldField) == 0 { threadBegins(thread, kind: 2) }
        let task = OmptTask.of(thread.seat)
        task.reset(flags: 2)
        thread.toolState = State.parallel
        tell(
            OMPT_IMPLICIT_TASK, begin, thread.team.parallelData, task.dataAddress,
            UInt64(thread.size), UInt64(thread.number), 2)
        task.exit(atoll_ompt_exit_frame())
    }

    private static func code(_ thread: ThreadRecord) -> UInt64 {
        thread.number == 0 ? thread.team.get(TeamRecord.codeField) : 0
    }

    /// By each thread of the team, after its share.
    @inline(never)
    static func joinBegins(_ thread: ThreadRecord) {
        let (task, parallel) = (OmptTask.of(thread.seat), thread.team.parallelData)
        let kind = Sync.implicitParallel
        endOpenWork(thread, task)
        task.exit(0)
        thread.toolState = kind.state
        tell(OMPT_SYNC_REGION, kind.rawValue, begin, parallel, task.dataAddress, code(thread))
        tell(OMPT_SYNC_REGION_WAIT, kind.rawValue, begin, parallel, task.dataAddress, code(thread))
    }

    /// All have come.
    @inline(never)
    private static func joinEnds(_ thread: ThreadRecord) {
        let (task, kind) = (OmptTask.of(thread.seat), Sync.implicitParallel)
        tell(OMPT_SYNC_REGION_WAIT, kind.rawValue, end, 0, task.dataAddress, code(thread))
        tell(OMPT_SYNC_REGION, kind.rawValue, end, 0, task.dataAddress, code(thread))
        thread.toolState = State.idle
        tell(OMPT_IMPLICIT_TASK, end, 0, task.dataAddress, 0, UInt64(thread.number), 2)
    }

    /// By the primary thread, which knows that all have come and that no task is left.
    @inline(never)
    static func release(_ thread: ThreadRecord, _ team: TeamRecord, _ generation: UInt64) {
        guard team.get(TeamRecord.tracedField) == generation else { return }
        team.store(TeamRecord.releasedField, generation)
        joinEnds(thread)
        var waiter = ImageWaiter(thread)
        for number in 1..<max(thread.size, 1) {
            while team.seat(number).load(Seat.toldField) != generation { waiter.step() }
        }
        waiter.end()
    }

    /// By another thread: waits for that. `help` runs the region's tasks.
    @inline(never)
    static func awaitRelease(
        _ thread: ThreadRecord, _ team: TeamRecord, _ seat: Seat, _ generation: UInt64,
        help: () -> Void
    ) {
        guard team.get(TeamRecord.tracedField) == generation else { return }
        var hasHelped = false
        var waiter = ImageWaiter(thread)
        while team.load(TeamRecord.releasedField) != generation {
            if !hasHelped, team.hasTasks(generation) {
                help()
                hasHelped = true
            }
            waiter.step()
        }
        waiter.end()
        joinEnds(thread)
        seat.store(Seat.toldField, generation)
    }

    /// The primary thread is in the encountering task again.
    @inline(never)
    static func parallelEnds(_ thread: ThreadRecord, _ team: TeamRecord) {
        let task = OmptTask.current(thread)
        thread.toolState = working(thread)
        tell(
            OMPT_PARALLEL_END, team.parallelData, task.dataAddress,
            team.get(TeamRecord.toolFlags), team.get(TeamRecord.codeField))
        task.enter(0)
    }
}
