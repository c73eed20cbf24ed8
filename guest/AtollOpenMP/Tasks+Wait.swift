// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

extension Tasks {
    /// taskwait: until all children of the running task have ended.
    @inline(__always)
    static func wait(_ thread: ThreadRecord) {
        let task = current(thread)
        if !links.isAlone(task.offset) {
            help(thread, TaskConstraint(parent: task)) { links.isAlone(task.offset) }
        }
        // What they depended on has ended.
        if !task.table.isNone { task.table.drop(task, thread) }
    }

    /// taskwait depend.
    static func wait(_ thread: ThreadRecord, depend: UInt64) {
        let task = current(thread)
        if links.isAlone(task.offset) { return }
        TaskDependences.wait(thread, task, depend)
    }

    /// A ready task that the thread may run now, the oldest of its own first.
    static func takeInTurn(
        _ thread: ThreadRecord, _ constraint: TaskConstraint
    ) -> TaskRecord {
        let block = TaskTeam.of(thread.team)
        if block.isNone { return .none }
        let queue = TaskQueue(block.offset &+ TaskTeam.queueLine)
        let task = queue.take(constraint, thread)
        if !task.isNone { return task }
        let seat = thread.number
        let deque = block.deque(seat)
        for _ in 0..<deque.count {
            let found = deque.steal { constraint.mayAllow($0) }
            if case .beaten = found { continue }
            guard case .value(let value) = found else { break }
            let task = TaskRecord(tagged: value)
            if constraint.allows(task) { return task }
            // Behind the others; that of another task, whose tag lied, goes to the queue.
            if task.parent.offset != constraint.parent.offset || !deque.push(value) {
                queue.push(task, thread)
            }
        }
        if deque.position != block.mark(seat), let value = deque.pop() {
            let task = TaskRecord(tagged: value)
            if constraint.allows(task) { return task }
            if !deque.push(value) { queue.push(task, thread) }
        }
        return steal(thread, constraint, block)
    }

    /// taskyield: one task, if there is one that may be begun here.
    static func yield(_ thread: ThreadRecord) {
        let task = take(thread, TaskConstraint(parent: current(thread)))
        if task.isNone { return }
        if Ompt.isOn { thread.yields = true }
        run(thread, task)
    }

    // MARK: Task groups

    @inline(__always)
    static func beginGroup(_ thread: ThreadRecord) {
        let task = current(thread)
        task.group = TaskGroup.make(thread, in: task.group)
    }

    static func endGroup(_ thread: ThreadRecord) {
        let task = current(thread)
        let group = task.group
        if group.isNone { return }
        if group.load(TaskGroup.pendingField) != 0 {
            help(thread, TaskConstraint(parent: task, group: group)) {
                group.load(TaskGroup.pendingField) == 0
            }
        }
        leave(task, thread)
    }

    /// The task's innermost group has ended.
    static func leave(_ task: TaskRecord, _ thread: ThreadRecord) {
        let group = task.group
        task.group = group.outer
        TaskBlocks.give(group.offset, thread)
    }

    /// `cancel taskgroup`: what has not begun of the innermost group is not begun any more.
    static func cancelGroup(_ thread: ThreadRecord) {
        var group = current(thread).group
        if group.isNone { return }
        if group.isWorkshare, !group.outer.isNone { group = group.outer }
        group.store(TaskGroup.cancelledField, UInt64(1))
    }

    /// `cancellation point taskgroup`.
    static func isGroupCancelled(_ thread: ThreadRecord) -> Bool {
        let group = current(thread).group
        return !group.isNone && group.isCancelled
    }

    // MARK: Events

    /// omp_fulfill_event. From any thread, of any team or none.
    static func fulfill(_ event: UInt64) {
        let task = TaskRecord(Int(truncatingIfNeeded: event &- UInt64(ImageWords.base)))
        if Ompt.isOn { Ompt.fulfilled(task) }
        let seen = words.add(2, at: task.offset + TaskRecord.extraField)
        if Ompt.isOn { Ompt.settled(task) }
        // Whoever comes second ends it. From here on it is gone, else.
        if seen & 1 != 0 { end(ThreadRecord.current, task) }
    }
}
