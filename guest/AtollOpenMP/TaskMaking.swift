// SPDX-License-Identifier: Apache-2.0
//
// The names are those that compilers call.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

// For compilers whose code has a task made first and submitted later; see atoll_tasks.h.

private func task(of data: UInt64) -> TaskRecord {
    TaskRecord(
        Int(truncatingIfNeeded: data &- UInt64(ImageWords.base)) - TaskRecord.payload)
}

@c
public func atoll_task_make(_ bytes: UInt64, _ flags: UInt32) -> UInt64 {
    let thread = ThreadRecord.current
    let parent = Tasks.current(thread)
    var request = TaskRequest(0, 0, 0, Int(truncatingIfNeeded: bytes), 16, flags, 0)
    if Int(flags) & ATOLL_TASK_DETACH != 0 { request.flags |= TaskRecord.detached }
    if thread.task != 0, parent.has(TaskRecord.final) { request.flags |= TaskRecord.final }
    return Tasks.make(thread, parent, request).data
}

@c
public func atoll_task_submit(
    _ data: UInt64, _ function: UInt64, _ isNow: Int32, _ depend: UInt64, _ priority: Int32
) {
    let thread = ThreadRecord.current
    let task = task(of: data)
    // Made by the task that runs now, most often; where not, it is this one's all the same.
    let parent = Tasks.current(thread)
    task.parent = parent
    task.group = parent.group
    task.function = function
    if priority > 0 {
        task.flags |= UInt64(min(Int(priority), Tasks.largestPriority)) << 32
    }
    if isNow != 0 || thread.task != 0 && parent.has(TaskRecord.final) {
        if depend != 0, !parent.table.isNone {
            TaskDependences.wait(thread, parent, depend)
        }
        return Tasks.runIncluded(thread, task)
    }
    Tasks.submit(thread, parent, task, depend)
}

@c
public func atoll_task_event(_ data: UInt64) -> UInt64 { UInt64(task(of: data).address) }

@c
public func atoll_task_begin_now(_ data: UInt64, _ depend: UInt64) {
    let thread = ThreadRecord.current
    let task = task(of: data)
    let parent = Tasks.current(thread)
    task.parent = parent
    task.group = parent.group
    if depend != 0, !parent.table.isNone { TaskDependences.wait(thread, parent, depend) }
    // What the thread did before stands where another task's function does.
    task.next = TaskRecord(Int(truncatingIfNeeded: thread.task))
    task.function = UInt64(thread.environment.offset)
    let block = TaskTeam.of(thread.team)
    if !block.isNone {
        task.data = block.mark(thread.number)
        block.setMark(thread.number, block.deque(thread.number).position)
    } else {
        task.data = 0
    }
    thread.task = UInt64(task.offset)
    thread.environment = task.environment
}

@c
public func atoll_task_end_now(_ data: UInt64) {
    let thread = ThreadRecord.current
    let task = task(of: data)
    thread.task = UInt64(task.next.offset)
    thread.environment = TaskEnvironment(Int(truncatingIfNeeded: task.function))
    let block = TaskTeam.of(thread.team)
    if !block.isNone { block.setMark(thread.number, task.data) }
    if !task.table.isNone { task.table.drop(task, thread) }
    if Tasks.links.end(task.offset) { Tasks.free(thread, task) }
}

@c
public func atoll_task_group_word(_ outward: UInt32) -> UInt64 {
    var group = Tasks.current(ThreadRecord.current).group
    for _ in 0..<outward where !group.isNone { group = group.outer }
    return group.isNone ? 0 : UInt64(group.address) &+ UInt64(TaskGroup.wordField)
}
