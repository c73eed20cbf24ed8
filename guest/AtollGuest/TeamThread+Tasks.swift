// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

extension TeamThread {
    /// Calls `body`, in which threads spawn tasks, and returns when it and all tasks have ended, in the
    /// whole team. A construct, and a barrier. Threads whose body has ended run tasks of others, of
    /// their own VM first.
    ///
    /// ## If the holder dies
    /// A task of a lost member may have been done in part: the team throws, in all threads.
    ///
    /// - Parameters:
    ///   - functions: the same, in the same order, in all processes.
    ///   - capacity: how many tasks of one thread can wait; beyond it, a task is run where it is
    ///     spawned. The same in all processes, and each time. A waiting task takes 200 bytes of the
    ///     region.
    /// - Throws: what `body` and the functions throw; ``TeamError/differentTasks`` where the processes'
    ///   functions differ; ``TeamError/noRoom(bytes:)``; ``TeamError/sync(_:)``.
    public mutating func tasks(
        _ functions: TaskFunctions, capacity: Int = 256,
        _ body: (inout TeamThread) throws(TeamError) -> Void
    ) throws(TeamError) {
        precondition(work == nil)
        let layout = TaskLayout(threads: size, capacity: capacity)
        let offset = try taskArea(layout)
        let memory = place.memory
        // Before the barriers that follow: until then nobody is idle.
        let target = memory.load(word: offset + layout.idle) &+ UInt64(presentSize)
        try checkSame(functions)
        let work = TaskWork(place.memory, offset, layout, functions, rank: rank)
        self.work = work
        defer { self.work = nil }
        guard let root = work.begin(0) else { throw .noRoom(bytes: layout.bytes) }
        work.current = root.record
        try body(&self)
        try taskWait()
        work.end(root.record)
        // All that is left is what others have: run that.
        _ = memory.add(1, word: offset + layout.idle)
        place.rouse()
        try help(until: { [memory] _ in memory.load(word: offset + layout.idle) >= target })
        // Nobody looks for work any more when the next tasks begin, which may be other functions.
        try barrier()
    }

    /// Where this team's tasks of this layout lie, made by the first to come.
    private mutating func taskArea(_ layout: TaskLayout) throws(TeamError) -> Int {
        if let known = taskAreas.first(where: { $0.capacity == layout.capacity }) {
            return known.offset
        }
        let offset = try team.taskArea(of: place.block, layout)
        taskAreas.append((layout.capacity, offset))
        return offset
    }

    private mutating func checkSame(_ functions: TaskFunctions) throws(TeamError) {
        let mine = functions.signature
        let (least, most) = (
            try allReduce(mine, .minimum), try allReduce(mine, .maximum)
        )
        if least != most { throw .differentTasks }
    }

    /// Lets a task run sometime, in some thread of the team; where there is no room for more of them,
    /// at once in this thread. Within ``tasks(_:capacity:_:)`` only.
    ///
    /// - Parameter dependences: what it waits for among the tasks that the same task has spawned before;
    ///   more than eight that have not ended are waited for here.
    /// - Throws: ``TeamError/sync(_:)``, and what tasks throw that are run here meanwhile.
    public mutating func spawn<Arguments: BitwiseCopyable>(
        _ function: TaskFunction<Arguments>, _ arguments: Arguments,
        _ dependences: [TaskDependence] = []
    ) throws(TeamError) {
        guard let work else { preconditionFailure("no tasks here") }
        var blockers = dependences.isEmpty ? [] : work.keys.blockers(dependences)
        guard let task = work.begin(function.index) else {
            for blocker in blockers { try help(until: { $0.hasEnded(blocker) }) }
            return try runHere(function, arguments, work)
        }
        place.value(Arguments.self, at: work.arguments(task.record))[0] = arguments
        blockers.removeAll { work.hasEnded($0) }
        while blockers.count > TaskWork.Records.edges {
            let blocker = blockers.removeFirst()
            try help(until: { $0.hasEnded(blocker) })
            blockers.removeAll { work.hasEnded($0) }
        }
        for (edge, blocker) in blockers.enumerated() {
            _ = work.records { $0.wait(task, for: blocker, edge: edge) }
        }
        if !dependences.isEmpty {
            work.keys.add(task, dependences, hasEnded: { work.hasEnded($0) })
        }
        if work.records({ $0.unblock(task.record) }) {
            work.push(task.record)
            place.rouse()
        }
    }

    /// Without a record: its tasks count as those of the running one.
    private mutating func runHere<Arguments: BitwiseCopyable>(
        _ function: TaskFunction<Arguments>, _ arguments: Arguments, _ work: TaskWork
    ) throws(TeamError) {
        guard let call = work.functions.calls[function.index] else { throw .differentTasks }
        // The function reads them before it does anything else, and no construct uses the line now.
        let space = place.block.contribution(rank)
        place.value(Arguments.self, at: space)[0] = arguments
        let keys = work.keys
        work.keys = TaskKeys()
        try call(&self, space)
        work.keys = keys
    }

    /// Waits for all tasks that the running task has spawned, and theirs; runs tasks meanwhile. What
    /// they wrote is then seen.
    ///
    /// - Throws: ``TeamError/sync(_:)``, and what tasks throw that are run here meanwhile.
    public mutating func taskWait() throws(TeamError) {
        guard let work else { preconditionFailure("no tasks here") }
        let current = work.current
        try help(until: { $0.records { $0.isAlone(current) } })
    }

    /// Calls `body`, and waits for all tasks that were spawned in it, and theirs; for no others.
    ///
    /// - Throws: what `body` throws, and as ``taskWait()``.
    public mutating func taskGroup(_ body: (inout TeamThread) throws(TeamError) -> Void)
        throws(TeamError)
    {
        guard let work else { preconditionFailure("no tasks here") }
        guard let group = work.begin(0) else {
            // No room: wait for more than asked.
            try body(&self)
            return try taskWait()
        }
        let (outer, keys) = (work.current, work.keys)
        (work.current, work.keys) = (group.record, TaskKeys())
        try body(&self)
        try taskWait()
        (work.current, work.keys) = (outer, keys)
        work.end(group.record)
        place.rouse()
    }

    // MARK: Running

    /// Runs tasks until something is the case; waits while there are none.
    private mutating func help(until isDone: (TaskWork) -> Bool) throws(TeamError) {
        guard let work else { return }
        while !isDone(work) {
            if let record = work.take() {
                try run(record)
                continue
            }
            var waiter = waiter(for: .everybody, on: work.offset, .team)
            while !isDone(work) {
                do { try waiter.wait() } catch {
                    waiter.end()
                    throw .sync(error)
                }
                if let record = work.take() {
                    finish(waiter)
                    try run(record)
                    break
                }
            }
            if isDone(work) { finish(waiter) }
        }
    }

    private mutating func run(_ record: Int) throws(TeamError) {
        guard let work else { return }
        let function = work.records { $0.function(record) }
        guard work.functions.calls.indices.contains(function),
            let call = work.functions.calls[function]
        else { throw .differentTasks }
        let (outer, keys) = (work.current, work.keys)
        (work.current, work.keys) = (record, TaskKeys())
        try call(&self, work.arguments(record))
        (work.current, work.keys) = (outer, keys)
        work.end(record)
        place.rouse()
    }
}
