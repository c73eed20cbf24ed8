// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// What a program says of a task that it makes.
struct TaskRequest {
    var function: UInt64
    var data: UInt64
    /// What copies the data; 0: so many bytes.
    var copy: UInt64
    var bytes: Int
    var alignment: Int
    /// ``TaskRecord/final``, ``TaskRecord/detached``.
    var flags: UInt64
    var priority: Int
}

/// The tasks' words in the image's header.
struct TaskSettings: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    static var shared: TaskSettings { @inline(__always) get { TaskSettings(256 + 128 * 8) } }
}

extension Tasks {
    /// OMP_MAX_TASK_PRIORITY, for all ranks: a word of the image's header.
    static var largestPriority: Int {
        get { TaskSettings.shared.integer(0) }
        set { TaskSettings.shared.set(0, newValue) }
    }

    /// GOMP_task.
    ///
    /// - Parameters:
    ///   - isDeferrable: its `if` clause; where it is not, the task has been run when this returns.
    ///   - depend: the address of the dependences as gcc passes them, 0: none.
    ///   - event: where the event of a detached task goes, an address.
    static func begin(
        _ thread: ThreadRecord, _ request: TaskRequest, isDeferrable: Bool, depend: UInt64,
        event: UInt64
    ) {
        let parent = current(thread)
        if isCancelled(thread, parent.group) { return }
        var request = request
        if parent.has(TaskRecord.final), thread.task != 0 { request.flags |= TaskRecord.final }
        let isIncluded = !isDeferrable || thread.task != 0 && parent.has(TaskRecord.final)
        let isPlain = depend == 0 && request.flags & TaskRecord.detached == 0
        if isIncluded || isPlain && hasNoRoom(thread, request) {
            if depend != 0, !parent.table.isNone {
                TaskDependences.wait(thread, parent, depend)
            }
            return include(thread, parent, request, event)
        }
        let task = make(thread, parent, request)
        if event != 0 { tell(task, request, event) }
        if Ompt.isOn { Ompt.taskCreated(thread, task, depend: depend) }
        fill(thread, task, request)
        submit(thread, parent, task, depend)
    }

    /// Whether the thread is in no parallel region: its tasks have nobody to wait for.
    ///
    /// In a region of one thread they are deferred: a program's chain of tasks, each made by the one before,
    /// takes no more stack there than elsewhere.
    @inline(__always)
    static func isSerial(_ thread: ThreadRecord) -> Bool {
        thread.size == 1 && thread.team.parent.isNone
    }

    /// Whether a task is rather run where it is made.
    @inline(__always)
    static func hasNoRoom(_ thread: ThreadRecord, _ request: TaskRequest) -> Bool {
        if isSerial(thread) { return true }
        if request.priority != 0 { return false }
        let block = TaskTeam.of(thread.team)
        return !block.isNone && block.deque(thread.number).count >= block.capacity
    }

    /// The program learns the event's name before the data are copied, of which it is the first.
    private static func tell(_ task: TaskRecord, _ request: TaskRequest, _ event: UInt64) {
        atoll_task_set(event, 0, UInt64(task.address))
        if request.data != 0 { atoll_task_set(request.data, 0, UInt64(task.address)) }
    }

    // MARK: The record

    /// A record for a task of the running one, which knows nothing of it yet.
    @inline(__always)
    static func make(
        _ thread: ThreadRecord, _ parent: TaskRecord, _ request: TaskRequest
    ) -> TaskRecord {
        var flags = request.flags | UInt64(truncatingIfNeeded: request.priority) << 32
        let task: TaskRecord
        if request.bytes <= TaskRecord.room, request.alignment <= 64 {
            task = TaskRecord(TaskBlocks.take(thread))
        } else {
            flags |= TaskRecord.large
            task = TaskRecord(
                TaskBlocks.allocate(
                    TaskRecord.payload + request.bytes + request.alignment, alignment: 64))
        }
        links.begin(task.offset)
        task.set(TaskRecord.extraField, 0)
        task.table = .none
        let data = UInt64(task.address) &+ UInt64(TaskRecord.payload)
        let mask = UInt64(max(request.alignment, 1)) &- 1
        task.data = (data &+ mask) & ~mask
        task.function = request.function
        task.parent = parent
        task.group = parent.group
        task.team = thread.team
        let environment = thread.environment
        if environment.version != 0 {
            // It is as the region began with it, and stays so: see environmentToChange.
            task.environment = environment
        } else {
            let own = TaskEnvironment(TaskBlocks.allocate(TaskEnvironment.bytes, alignment: 64))
            own.copy(from: environment)
            task.environment = own
            flags |= TaskRecord.changed
        }
        task.flags = flags
        return task
    }

    /// The task's own copy of the data.
    @inline(__always)
    static func fill(_ thread: ThreadRecord, _ task: TaskRecord, _ request: TaskRequest) {
        if request.copy == 0 {
            atoll_task_copy(0, task.data, request.data, UInt64(request.bytes))
            return
        }
        let outer = thread.task
        thread.task = UInt64(task.offset)
        atoll_task_copy(request.copy, task.data, request.data, 0)
        thread.task = outer
        task.flags |= TaskRecord.copied
    }

    /// Lets a task run that is made: here, if there is no room; later, if it depends on others.
    @inline(__always)
    static func submit(
        _ thread: ThreadRecord, _ parent: TaskRecord, _ task: TaskRecord, _ depend: UInt64
    ) {
        task.setTurn(links.addChild(parent.offset))
        let group = task.group
        if !group.isNone { _ = words.add(1, at: group.offset &+ TaskGroup.pendingField) }
        let block = TaskTeam.ready(thread)
        block.tally.begin(thread.number)
        if depend != 0 {
            TaskDependences.link(thread, parent, task, depend)
            guard links.unblock(task.offset) else { return }
        }
        launch(thread, task, block)
    }

    /// Nothing blocks the task.
    @inline(__always)
    static func launch(_ thread: ThreadRecord, _ task: TaskRecord, _ block: TaskTeam) {
        if task.priority != 0 {
            TaskQueue(block.offset + TaskTeam.queueLine).push(task, thread)
        } else if isSerial(thread) || !block.deque(thread.number).push(task.tagged) {
            run(thread, task)
        }
    }

    // MARK: Where it is made

    /// Runs an undeferred or included task; it has no data of its own but what a function copies.
    static func include(
        _ thread: ThreadRecord, _ parent: TaskRecord, _ request: TaskRequest, _ event: UInt64
    ) {
        var request = request
        if request.copy == 0 { request.bytes = 0 }
        let task = make(thread, parent, request)
        if event != 0 { tell(task, request, event) }
        if Ompt.isOn { Ompt.taskCreated(thread, task, isUndeferred: true) }
        if request.copy != 0 {
            fill(thread, task, request)
        } else {
            task.data = request.data
        }
        runIncluded(thread, task)
    }

    /// Runs a task that nobody has counted. With an event, it ends when that is fulfilled.
    static func runIncluded(_ thread: ThreadRecord, _ task: TaskRecord) {
        let (outer, environment) = (thread.task, thread.environment)
        let block = TaskTeam.of(thread.team)
        let seat = thread.number
        let mark = block.isNone ? 0 : block.mark(seat)
        if !block.isNone { block.setMark(seat, block.deque(seat).position) }
        if Ompt.isOn { Ompt.taskBegins(thread, task) }
        thread.task = UInt64(task.offset)
        thread.environment = task.environment
        atoll_task_call(task.function, task.data)
        if task.has(TaskRecord.detached) {
            help(thread, TaskConstraint(parent: task)) {
                task.load(TaskRecord.extraField) & 2 != 0
            }
        }
        thread.task = outer
        thread.environment = environment
        if Ompt.isOn { Ompt.taskEnds(thread, task) }
        // Made meanwhile, it begins with 0: nothing lay in the deque.
        if !block.isNone { block.setMark(seat, mark) }
        if !task.table.isNone { task.table.drop(task, thread) }
        if links.end(task.offset) { free(thread, task) }
    }
}
