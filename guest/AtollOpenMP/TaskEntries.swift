// SPDX-License-Identifier: Apache-2.0
//
// The names are those that compilers call.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import AtollRegion
internal import CAtollOpenMP

// The names of the tasks that gcc's code calls, and of omp.h.

extension TaskRequest {
    @inline(__always)
    init(
        _ function: UInt64, _ data: UInt64, _ copy: UInt64, _ bytes: Int, _ alignment: Int,
        _ flags: UInt32, _ priority: Int32
    ) {
        self.function = function
        self.data = data
        self.copy = copy
        self.bytes = bytes
        self.alignment = alignment
        self.flags = Int(flags) & ATOLL_TASK_FINAL != 0 ? TaskRecord.final : 0
        if Int(flags) & ATOLL_TASK_UNTIED != 0 { self.flags |= TaskRecord.untied }
        self.priority = 0
        if Int(flags) & ATOLL_TASK_PRIORITY != 0, priority > 0 {
            self.priority = min(Int(priority), Tasks.largestPriority)
        }
    }
}

@c
public func GOMP_task(
    _ function: UInt64, _ data: UInt64, _ copy: UInt64, _ bytes: Int, _ alignment: Int,
    _ isDeferrable: Bool, _ flags: UInt32, _ depend: UInt64, _ priority: Int32, _ event: UInt64
) {
    var request = TaskRequest(function, data, copy, bytes, alignment, flags, priority)
    let isDetached = Int(flags) & ATOLL_TASK_DETACH != 0
    if isDetached { request.flags |= TaskRecord.detached }
    Tasks.begin(
        ThreadRecord.current, request, isDeferrable: isDeferrable,
        // Older compilers pass no such arguments.
        depend: Int(flags) & ATOLL_TASK_DEPEND != 0 ? depend : 0,
        event: isDetached ? event : 0)
}

@c
public func GOMP_taskloop(
    _ function: UInt64, _ data: UInt64, _ copy: UInt64, _ bytes: Int, _ alignment: Int,
    _ flags: UInt32, _ tasks: UInt64, _ priority: Int32, _ start: Int, _ end: Int, _ step: Int
) {
    var loop = TaskLoop(
        thread: ThreadRecord.current,
        request: TaskRequest(function, data, copy, bytes, alignment, flags, priority),
        flags: flags, wanted: tasks, start: UInt64(bitPattern: Int64(start)),
        end: UInt64(bitPattern: Int64(end)), step: UInt64(bitPattern: Int64(step)))
    loop.run(isUp: step > 0, isEmpty: step > 0 ? start >= end : start <= end)
}

@c
public func GOMP_taskloop_ull(
    _ function: UInt64, _ data: UInt64, _ copy: UInt64, _ bytes: Int, _ alignment: Int,
    _ flags: UInt32, _ tasks: UInt64, _ priority: Int32, _ start: UInt64, _ end: UInt64,
    _ step: UInt64
) {
    var loop = TaskLoop(
        thread: ThreadRecord.current,
        request: TaskRequest(function, data, copy, bytes, alignment, flags, priority),
        flags: flags, wanted: tasks, start: start, end: end, step: step)
    let isUp = Int(flags) & ATOLL_TASK_UP != 0
    loop.run(isUp: isUp, isEmpty: isUp ? start >= end : start <= end)
}

@c
public func GOMP_taskwait() {
    let thread = ThreadRecord.current
    Ompt.wait(thread, .taskwait) { Tasks.wait(thread) }
}

@c
public func GOMP_taskwait_depend(_ depend: UInt64) {
    let thread = ThreadRecord.current
    Ompt.wait(thread, .taskwait) { Tasks.wait(thread, depend: depend) }
}

/// gcc 13 and later: a task without a body.
@c
public func GOMP_taskwait_depend_nowait(_ depend: UInt64) {
    let request = TaskRequest(atoll_task_nothing_address(), 0, 0, 0, 8, 0, 0)
    Tasks.begin(
        ThreadRecord.current, request, isDeferrable: true, depend: depend, event: 0)
}

@c
public func GOMP_taskyield() { Tasks.yield(ThreadRecord.current) }

@c
public func GOMP_taskgroup_start() {
    let thread = ThreadRecord.current
    if Ompt.isOn { Ompt.syncBegins(thread, .taskgroup, waits: false) }
    Tasks.beginGroup(thread)
}

@c
public func GOMP_taskgroup_end() {
    let thread = ThreadRecord.current
    if Ompt.isOn { Ompt.waitBegins(thread, .taskgroup) }
    Tasks.endGroup(thread)
    if Ompt.isOn { Ompt.syncEnds(thread, .taskgroup) }
}

// MARK: Reductions

@c
public func GOMP_taskgroup_reduction_register(_ data: UInt64) {
    TaskReductions.registerFirst(ThreadRecord.current, data)
}

@c
public func GOMP_taskgroup_reduction_unregister(_ data: UInt64) {
    TaskReductions.unregister(data)
}

@c
public func GOMP_task_reduction_remap(
    _ count: UInt64, _ originals: UInt64, _ pointers: UInt64
) {
    TaskReductions.remap(ThreadRecord.current, count, originals, pointers)
}

@c
public func GOMP_workshare_task_reduction_unregister(_ isCancelled: Bool) {
    TaskReductions.endWorkshare(ThreadRecord.current, isCancelled: isCancelled)
}

@c
public func GOMP_parallel_reductions(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ flags: UInt32
) -> UInt32 {
    let thread = ThreadRecord.current
    let count = Parallel.size(thread, Int(threads))
    return UInt32(TaskReductions.parallel(thread, function, data, count))
}

@c
public func atoll_task_reduction_share(_ data: UInt64) { TaskReductions.runShare(data) }

// MARK: omp.h

@c
public func omp_in_final() -> Int32 {
    let thread = ThreadRecord.current
    return thread.task != 0 && Tasks.current(thread).has(TaskRecord.final) ? 1 : 0
}

@c
public func omp_in_final_() -> Int32 { omp_in_final() }

@c
public func omp_get_max_task_priority() -> Int32 {
    Int32(truncatingIfNeeded: Tasks.largestPriority)
}

@c
public func omp_get_max_task_priority_() -> Int32 { omp_get_max_task_priority() }

@c
public func omp_fulfill_event(_ event: UInt64) { Tasks.fulfill(atoll_kmpc_event(event)) }

@c
public func omp_fulfill_event_(_ event: UInt64) { Tasks.fulfill(atoll_kmpc_event(event)) }
