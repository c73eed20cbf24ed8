// SPDX-License-Identifier: Apache-2.0
//
// The names are those that compilers call.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

// For compilers whose code runs a task itself; see atoll_tasks.h.

@c
public func atoll_task_begin_now(_ flags: UInt32) -> UInt64 {
    let thread = ThreadRecord.current
    let parent = Tasks.current(thread)
    var request = TaskRequest(0, 0, 0, 0, 16, flags, 0)
    if thread.task != 0, parent.has(TaskRecord.final) { request.flags |= TaskRecord.final }
    let task = Tasks.make(thread, parent, request)
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
    if Ompt.isOn { Ompt.taskCreated(thread, task, isUndeferred: true) }
    if Ompt.isOn { Ompt.taskBegins(thread, task) }
    thread.task = UInt64(task.offset)
    thread.environment = task.environment
    return UInt64(task.address)
}

@c
public func atoll_task_end_now(_ address: UInt64) {
    let thread = ThreadRecord.current
    let task = TaskRecord(Int(truncatingIfNeeded: address &- UInt64(ImageWords.base)))
    thread.task = UInt64(task.next.offset)
    thread.environment = TaskEnvironment(Int(truncatingIfNeeded: task.function))
    let block = TaskTeam.of(thread.team)
    if !block.isNone { block.setMark(thread.number, task.data) }
    if Ompt.isOn { Ompt.taskEnds(thread, task) }
    if !task.table.isNone { task.table.drop(task, thread) }
    if Tasks.links.end(task.offset) { Tasks.free(thread, task) }
}
