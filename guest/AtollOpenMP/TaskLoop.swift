// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

/// The taskloop construct (OpenMP 5.1, section 2.12.2): a task for each part of a loop, in a task group
/// of their own unless `nogroup`.
struct TaskLoop {
    let thread: ThreadRecord
    var request: TaskRequest
    /// ATOLL_TASK_*.
    let flags: UInt32
    /// The `num_tasks` clause, or `grainsize`; 0: neither.
    let wanted: UInt64
    var start: UInt64
    let end: UInt64
    let step: UInt64

    private func has(_ flag: Int) -> Bool { Int(flags) & flag != 0 }

    /// - Parameter isEmpty: the loop has no iterations; the bounds are compared in the loop's own type.
    mutating func run(isUp: Bool, isEmpty: Bool) {
        let outer = Tasks.current(thread).group
        let withGroup = !has(ATOLL_TASK_NOGROUP)
        let reduces = withGroup && has(ATOLL_TASK_REDUCTION)
        let isCancelled =
            withGroup
            ? thread.team.isCancelled(thread.seat.generation) : Tasks.isCancelled(thread, outer)
        if isEmpty || isCancelled {
            // The caller looks whether its reductions have been registered.
            if reduces { atoll_task_set(array, 2, 0) }
            return
        }
        let stride = isUp ? step : 0 &- step
        let distance = isUp ? end &- start : start &- end
        let iterations = (distance &- 1) / stride &+ 1
        if Ompt.isOn { Ompt.taskloopBegins(thread, iterations, withGroup) }
        if withGroup { Tasks.beginGroup(thread) }
        if reduces { TaskReductions.registerFirst(thread, array) }
        begin(iterations)
        if Ompt.isOn, withGroup { Ompt.waitBegins(thread, .taskgroup) }
        if withGroup { Tasks.endGroup(thread) }
        if Ompt.isOn { Ompt.taskloopEnds(thread, withGroup) }
    }

    /// What the reductions are registered with: the third word of the data.
    private var array: UInt64 { atoll_task_get(request.data, 2) }

    /// Makes the tasks: `long` ones of one iteration more than the rest, unless the last is what is left.
    private mutating func begin(_ iterations: UInt64) {
        var (tasks, size, long, rest): (UInt64, UInt64, UInt64, UInt64)
        let isStrict = has(ATOLL_TASK_STRICT)
        if has(ATOLL_TASK_GRAINSIZE), isStrict {
            size = max(wanted, 1)
            tasks = (iterations - 1) / size + 1
            (long, rest) = (0, iterations - (tasks - 1) * size)
        } else {
            tasks =
                has(ATOLL_TASK_GRAINSIZE)
                ? iterations / max(wanted, 1) : wanted == 0 ? UInt64(thread.size) : wanted
            tasks = min(max(tasks, 1), iterations)
            size = iterations / tasks
            (long, rest) = (iterations % tasks, size)
        }
        let parent = Tasks.current(thread)
        let isFinal = thread.task != 0 && parent.has(TaskRecord.final)
        if isFinal { request.flags |= TaskRecord.final }
        let isIncluded = isFinal || Tasks.isSerial(thread) || !has(ATOLL_TASK_IF)
        if request.copy != 0 {
            copyAll(parent, tasks, size, long, rest, isIncluded)
            return
        }
        var index: UInt64 = 0
        while index < tasks {
            let count = index < long ? size + 1 : index == tasks - 1 ? rest : size
            let next = start &+ count &* step
            if isIncluded || Tasks.hasNoRoom(thread, request) {
                setBounds(request.data, start, next)
                Tasks.include(thread, parent, request, 0)
            } else {
                let task = Tasks.make(thread, parent, request)
                if Ompt.isOn { Ompt.taskCreated(thread, task) }
                Tasks.fill(thread, task, request)
                setBounds(task.data, start, next)
                Tasks.submit(thread, parent, task, 0)
            }
            start = next
            index += 1
        }
    }

    /// Where the data are copied by a function, all are copied before any task can change what from.
    private mutating func copyAll(
        _ parent: TaskRecord, _ tasks: UInt64, _ size: UInt64, _ long: UInt64, _ rest: UInt64,
        _ isIncluded: Bool
    ) {
        var (first, last) = (TaskRecord.none, TaskRecord.none)
        var index: UInt64 = 0
        while index < tasks {
            let count = index < long ? size + 1 : index == tasks - 1 ? rest : size
            let next = start &+ count &* step
            let task = Tasks.make(thread, parent, request)
            if Ompt.isOn { Ompt.taskCreated(thread, task, isUndeferred: isIncluded) }
            Tasks.fill(thread, task, request)
            setBounds(task.data, start, next)
            task.next = .none
            if last.isNone { first = task } else { last.next = task }
            last = task
            start = next
            index += 1
        }
        while !first.isNone {
            let task = first
            first = task.next
            if isIncluded {
                Tasks.runIncluded(thread, task)
            } else {
                Tasks.submit(thread, parent, task, 0)
            }
        }
    }

    /// The first two words of the data: where the task's part begins and ends.
    private func setBounds(_ data: UInt64, _ from: UInt64, _ to: UInt64) {
        atoll_task_set(data, 0, from)
        atoll_task_set(data, 1, to)
    }
}
