// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// Explicit tasks (OpenMP 5.1, section 2.12): how they are made, taken and run.
///
/// A task that is ready lies in its maker's deque; threads that wait take their own newest or another's
/// oldest. Where there is no room, or nobody else to run it, it is run where it is made. All that a task
/// knows lies in the image: any thread of any rank runs any task.
enum Tasks {
    @inline(__always)
    static var words: ImageWords {
        // SAFETY: the image stays mapped at this address; see ImageRecord.words.
        unsafe ImageWords(at: ImageWords.base, count: .max)
    }
    @inline(__always) static var links: TaskLinks<ImageWords> { TaskLinks(words) }

    /// The task that this thread runs, which may be its implicit one.
    @inline(__always)
    static func current(_ thread: ThreadRecord) -> TaskRecord {
        let task = thread.task
        if task != 0 { return TaskRecord(Int(truncatingIfNeeded: task)) }
        return TaskRecord(thread.seat.offset &+ Seat.tasksLine)
    }

    @inline(never)
    static func noMemory() -> Never {
        atoll_core_no_memory()
    }

    // MARK: What the core asks

    /// Runs one ready task of the thread's team, if there is any. For waits in which any task may be
    /// begun: those of implicit tasks in a barrier or at a region's end.
    @inline(__always)
    static func runOne(_ thread: ThreadRecord) -> Bool {
        let task = take(thread, .none)
        if task.isNone { return false }
        run(thread, task)
        return true
    }

    /// Whether any task of the team has not ended. Certain when no thread of the team makes any more, but
    /// in tasks: when all have come to the barrier.
    @inline(__always)
    static func arePending(_ team: TeamRecord) -> Bool {
        let block = TaskTeam.of(team)
        return !block.isNone && !block.tally.isQuiet()
    }

    /// The thread's implicit task has ended, in a region that had tasks or was cancelled.
    @inline(__always)
    static func endImplicit(_ thread: ThreadRecord) {
        let task = TaskRecord(thread.seat.offset &+ Seat.tasksLine)
        if !task.table.isNone { task.table.drop(task, thread) }
        // What a cancelled region has left open.
        while !task.group.isNone { endGroup(thread) }
        let environment = thread.environment
        if environment.offset != thread.seat.environment.offset {
            thread.environment = thread.seat.environment
            TaskBlocks.free(environment.offset)
        }
    }

    /// Ends all tasks of a team that no region's end waits for: an initial one's.
    static func drain(_ thread: ThreadRecord) {
        guard thread.team.hasTasks(thread.seat.generation) else { return }
        help(thread, .none) { !arePending(thread.team) }
        endImplicit(thread)
    }

    /// Before the ICVs of the running task are changed: what is given is its own alone, and is what
    /// `thread.environment` is from now on. Tasks that it has made before go on with what they had.
    static func environmentToChange(_ thread: ThreadRecord) -> TaskEnvironment {
        let task = current(thread)
        let old = thread.environment
        let isImplicit = thread.task == 0
        let isOwn = isImplicit ? links.isAlone(task.offset) : task.has(TaskRecord.changed)
        // Tasks share only what is as it was when the region began.
        if isOwn || isImplicit && old.version == 0 { return old }
        let new = TaskEnvironment(
            TaskBlocks.allocate(TaskEnvironment.bytes, alignment: 64))
        new.copy(from: old)
        new.changed()
        thread.environment = new
        if !isImplicit {
            task.flags |= TaskRecord.changed
            task.environment = new
        }
        return new
    }

    // MARK: Taking

    /// A ready task that the thread may run now; none: there is none.
    @inline(__always)
    static func take(_ thread: ThreadRecord, _ constraint: TaskConstraint) -> TaskRecord {
        let block = TaskTeam.of(thread.team)
        if block.isNone { return .none }
        let queued = TaskQueue(block.offset &+ TaskTeam.queueLine).take(constraint, thread)
        if !queued.isNone { return queued }
        let seat = thread.number
        let deque = block.deque(seat)
        // What lies deeper belongs to tasks that are suspended below the running one.
        if deque.position != block.mark(seat), let found = deque.pop() {
            return TaskRecord(tagged: found)
        }
        if thread.size == 1 { return .none }
        return steal(thread, constraint, block)
    }

    @inline(never)
    static func steal(
        _ thread: ThreadRecord, _ constraint: TaskConstraint, _ block: TaskTeam
    ) -> TaskRecord {
        let (seat, size) = (thread.number, thread.size)
        var victim = block.victim(seat)
        for _ in 0..<size {
            if victim >= size { victim = 0 }
            if victim != seat {
                let deque = block.deque(victim)
                while true {
                    let found = deque.steal { constraint.mayAllow($0) }
                    if case .beaten = found { continue }
                    guard case .value(let value) = found else { break }
                    block.setVictim(seat, victim)
                    let task = TaskRecord(tagged: value)
                    if constraint.allows(task) { return task }
                    // The tags lied. Somebody else may.
                    TaskQueue(block.offset + TaskTeam.queueLine).push(task, thread)
                }
            }
            victim += 1
        }
        return .none
    }

    /// Runs tasks until something is the case; waits while there are none.
    @inline(__always)
    static func help(
        _ thread: ThreadRecord, _ constraint: TaskConstraint, until isDone: () -> Bool
    ) {
        while !isDone() {
            var task = take(thread, constraint)
            if task.isNone {
                var waiter = ImageWaiter(thread)
                while true {
                    waiter.step()
                    if isDone() { break }
                    task = take(thread, constraint)
                    if !task.isNone { break }
                }
                waiter.end()
                if task.isNone { return }
            }
            run(thread, task)
        }
    }

    // MARK: Running

    /// Runs a task that has been taken, or was never in a queue.
    static func run(_ thread: ThreadRecord, _ task: TaskRecord) {
        let isWanted = task.has(TaskRecord.copied) || !isCancelled(thread, task.group)
        if isWanted {
            let (outer, environment) = (thread.task, thread.environment)
            let block = TaskTeam.of(thread.team)
            let seat = thread.number
            let mark = block.mark(seat)
            block.setMark(seat, block.deque(seat).position)
            if Ompt.isOn { Ompt.taskBegins(thread, task) }
            thread.task = UInt64(task.offset)
            thread.environment = task.environment
            task.flags |= TaskRecord.started
            atoll_task_call(task.function, task.data)
            thread.task = outer
            thread.environment = environment
            block.setMark(seat, mark)
            if Ompt.isOn { Ompt.taskEnds(thread, task) }
        } else if Ompt.isOn {
            Ompt.taskDiscarded(thread, task)
        }
        if task.has(TaskRecord.detached) && isWanted {
            // Whoever comes second ends it.
            let seen = words.add(1, at: task.offset + TaskRecord.extraField)
            if Ompt.isOn { Ompt.settled(task) }
            if seen & 2 == 0 { return }
        }
        end(thread, task)
    }

    /// The task has ended. It may be another team's than the thread's.
    @inline(__always)
    static func end(_ thread: ThreadRecord, _ task: TaskRecord) {
        let team = task.team
        if !task.table.isNone { task.table.drop(task, thread) }
        if task.has(TaskRecord.dependent) {
            links.close(task.offset) { push(thread, TaskRecord($0)) }
        }
        let parent = task.parent
        if links.endChild(parent.offset) { letGo(thread, parent) }
        let group = task.group
        if !group.isNone {
            _ = words.add(UInt64.max, at: group.offset &+ TaskGroup.pendingField)
        }
        if links.end(task.offset) { letGo(thread, task) }
        let block = TaskTeam.of(team)
        if thread.team.offset == team.offset {
            block.tally.end(thread.number)
        } else {
            block.tally.endElsewhere()
        }
        Bell.rouse()
    }

    /// The task and its children have ended: its record goes, as soon as no sibling looks at it.
    @inline(__always)
    static func letGo(_ thread: ThreadRecord, _ task: TaskRecord) {
        if task.has(TaskRecord.dependent), !links.drop(task.offset) { return }
        free(thread, task)
    }

    @inline(__always)
    static func free(_ thread: ThreadRecord, _ task: TaskRecord) {
        let flags = task.flags
        if flags & (TaskRecord.changed | TaskRecord.dependent | TaskRecord.large) != 0 {
            if flags & TaskRecord.changed != 0 { TaskBlocks.free(task.environment.offset) }
            if task.extra != 0 { TaskDependences.free(task.extra, thread) }
            if flags & TaskRecord.large != 0 { return TaskBlocks.free(task.offset) }
        }
        TaskBlocks.give(task.offset, thread)
    }

    /// A task is ready: somebody shall run it.
    @inline(__always)
    static func push(_ thread: ThreadRecord, _ task: TaskRecord) {
        let team = task.team
        let block = TaskTeam.of(team)
        if task.priority == 0, thread.team.offset == team.offset,
            block.deque(thread.number).push(task.tagged)
        {
            Bell.rouse()
            return
        }
        TaskQueue(block.offset + TaskTeam.queueLine).push(task, thread)
    }

    // MARK: Cancellation

    /// Whether tasks in this group, of the thread's team, shall not begin any more.
    @inline(__always)
    static func isCancelled(_ thread: ThreadRecord, _ group: TaskGroup) -> Bool {
        if thread.team.isCancelled(thread.seat.generation) { return true }
        return !group.isNone && group.isCancelled
    }
}
