// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// The `depend` clauses of tasks (OpenMP 5.1, section 2.19.11).
///
/// gcc passes an array, in one of two forms (libgomp's manual of its ABI, GOMP_task):
///
///     count, outs, addresses (outs first, then ins)                        count is not 0
///     0, count, outs, mutexinoutsets, ins, addresses in this order, then addresses of depend objects
///
/// A depend object is an address and a kind. An `out` of address 0 stands for all memory.
enum TaskDependences {
    /// What of it matters here: a mutexinoutset is as exclusive as an inout, and in order.
    enum Kind {
        static var out: UInt64 { 0 }
        static var `in`: UInt64 { 1 }
        static var inoutset: UInt64 { 2 }
    }

    // MARK: The array

    private static func at(_ depend: UInt64, _ index: UInt64) -> UInt64 {
        atoll_task_get(depend, index)
    }

    static func count(_ depend: UInt64) -> UInt64 {
        at(depend, 0) != 0 ? at(depend, 0) : at(depend, 1)
    }

    /// Calls `body` with each address and kind.
    static func forEach(_ depend: UInt64, _ body: (UInt64, UInt64) -> Void) {
        let count = count(depend)
        if at(depend, 0) != 0 {
            let outs = at(depend, 1)
            for index in 0..<count {
                body(at(depend, 2 + index), index < outs ? Kind.out : Kind.in)
            }
            return
        }
        let exclusive = at(depend, 2) &+ at(depend, 3)
        let plain = exclusive &+ at(depend, 4)
        for index in 0..<count {
            let found = at(depend, 5 + index)
            if index < plain {
                body(found, index < exclusive ? Kind.out : Kind.in)
            } else {
                body(at(found, 0), kind(ofObject: at(found, 1)))
            }
        }
    }

    /// gcc's GOMP_DEPEND_*: 1 in, 2 out, 3 inout, 4 mutexinoutset, 5 inoutset.
    private static func kind(ofObject kind: UInt64) -> UInt64 {
        kind == 1 ? Kind.in : kind == 5 ? Kind.inoutset : Kind.out
    }

    /// Exclusive ones first: where a task names an address twice, the stricter one counts.
    private static func forEachInOrder(_ depend: UInt64, _ body: (UInt64, UInt64) -> Void) {
        forEach(depend) { if $1 == Kind.out { body($0, $1) } }
        forEach(depend) { if $1 != Kind.out { body($0, $1) } }
    }

    private static func namesEverything(_ depend: UInt64) -> Bool {
        var found = false
        forEach(depend) { if $0 == 0 && $1 == Kind.out { found = true } }
        return found
    }

    // MARK: A deferred task

    /// Lets a task, which its maker blocks, wait for those of its siblings that it depends on, and makes it
    /// known to later ones.
    static func link(
        _ thread: ThreadRecord, _ parent: TaskRecord, _ task: TaskRecord, _ depend: UInt64
    ) {
        let count = Int(truncatingIfNeeded: count(depend))
        guard count > 0 else { return }
        task.flags |= TaskRecord.dependent
        var units = Units(task, count: 2 * count)
        if !parent.table.isNone, parent.table.everything != 0 {
            wait(task, forSet: parent.table.everything, &units)
        }
        if namesEverything(depend) {
            if parent.table.isNone { parent.table = TaskTable.create(capacity: 16) }
            let table = parent.table
            table.visit { wait(task, forSet: $0.last, &units) }
            table.clear(thread)
            TaskTable.release(table.everything, thread)
            table.everything = node(task, before: 0, &units)
            return
        }
        forEachInOrder(depend) { address, kind in
            add(thread, parent, task, address, kind, &units)
        }
    }

    private static func add(
        _ thread: ThreadRecord, _ parent: TaskRecord, _ task: TaskRecord, _ address: UInt64,
        _ kind: UInt64, _ units: inout Units
    ) {
        let entry = TaskTable.entry(address, of: parent, thread)
        let last = entry.last
        if last != 0, TaskTable.task(of: last).offset == task.offset { return }
        if last != 0, kind != Kind.out, kind == entry.kind {
            let before = TaskTable.pruned(entry.before, thread)
            entry.before = before.first
            wait(task, forSet: before.first, &units)
            var (kept, count, limit) = (last, entry.count + 1, entry.limit)
            if count > limit {
                let left = TaskTable.pruned(last, thread)
                (kept, count) = (left.first, UInt64(left.count) + 1)
                limit = max(64, 2 * count)
            }
            entry.last = node(task, before: kept, &units)
            entry.set(kind: kind, count: count, limit: limit)
        } else {
            TaskTable.release(entry.before, thread)
            entry.before = TaskTable.pruned(last, thread).first
            wait(task, forSet: entry.before, &units)
            entry.last = node(task, before: 0, &units)
            entry.set(kind: kind, count: 1, limit: 64)
        }
    }

    private static func wait(_ task: TaskRecord, forSet first: Int, _ units: inout Units) {
        var node = first
        while node != 0 {
            let older = TaskTable.task(of: node)
            if !Tasks.links.hasEnded(older.offset) {
                let edge = units.take(task)
                if !Tasks.links.wait(task.offset, for: older.offset, edge: edge) {
                    units.giveBack()
                } else if Ompt.isOn {
                    Ompt.depends(task, on: older)
                }
            }
            node = TaskTable.next(of: node)
        }
    }

    /// The task as a member of a set.
    private static func node(_ task: TaskRecord, before next: Int, _ units: inout Units) -> Int {
        let node = units.take(task)
        Tasks.links.hold(task.offset)
        Tasks.words.storeRelaxed(UInt64(next), at: node)
        Tasks.words.storeRelaxed(UInt64(task.offset), at: node + 8)
        return node
    }

    // MARK: A task that is run where it is made, and taskwait

    /// Waits for those of the running task's children that one with such dependences would wait for; runs
    /// children meanwhile.
    static func wait(_ thread: ThreadRecord, _ parent: TaskRecord, _ depend: UInt64) {
        let table = parent.table
        if table.isNone || count(depend) == 0 { return }
        wait(thread, parent, forSet: table.everything)
        if namesEverything(depend) {
            return table.visit { wait(thread, parent, forSet: $0.last) }
        }
        forEach(depend) { address, kind in
            let entry = table.find(address)
            if entry.isNone { return }
            let isSame = kind != Kind.out && kind == entry.kind
            wait(thread, parent, forSet: isSame ? entry.before : entry.last)
        }
    }

    private static func wait(_ thread: ThreadRecord, _ parent: TaskRecord, forSet first: Int) {
        var node = first
        while node != 0 {
            wait(thread, parent, for: TaskTable.task(of: node))
            node = TaskTable.next(of: node)
        }
    }

    /// How many looks pass before a task is begun that is not waited for.
    private static var patience: Int { 4096 }

    /// Waits for one child. Meanwhile the thread runs what that may depend on, which is older, or that itself;
    /// not what came later, which may need this thread to go on. (OpenMP allows that too: it is begun
    /// where nothing else helps.)
    private static func wait(
        _ thread: ThreadRecord, _ parent: TaskRecord, for older: TaskRecord
    ) {
        let constraint = TaskConstraint(parent: parent, last: older)
        var waiter = ImageWaiter(thread)
        var looks = thread.size == 1 ? patience : 0
        while !Tasks.links.hasEnded(older.offset) {
            var task = TaskRecord.none
            if !older.has(TaskRecord.started) { task = Tasks.takeInTurn(thread, constraint) }
            if task.isNone, looks >= patience {
                task = Tasks.take(thread, TaskConstraint(parent: parent))
            }
            if !task.isNone {
                Tasks.run(thread, task)
            } else {
                looks += 1
                waiter.step()
            }
        }
        waiter.end()
    }

    // MARK: Edges and nodes

    /// Units of 16 bytes in blocks of the task's own, which go with its record. The first unit of a block
    /// names the one before.
    struct Units {
        private var next: Int
        private var left: Int

        init(_ task: TaskRecord, count: Int) {
            (next, left) = (0, 0)
            extend(task, count)
        }

        private mutating func extend(_ task: TaskRecord, _ count: Int) {
            let block = TaskBlocks.allocate(16 * (count + 1), alignment: 16)
            Tasks.words.storeRelaxed(UInt64(task.extra), at: block)
            task.set(TaskRecord.extraField, block)
            (next, left) = (block + 16, count)
        }

        mutating func take(_ task: TaskRecord) -> Int {
            if left == 0 { extend(task, 63) }
            defer { next += 16 }
            left -= 1
            return next
        }

        /// The last one taken was not needed.
        mutating func giveBack() {
            next -= 16
            left += 1
        }
    }

    static func free(_ block: Int, _ thread: ThreadRecord) {
        var block = block
        while block != 0 {
            let before = Int(truncatingIfNeeded: Tasks.words.loadRelaxed(block))
            TaskBlocks.free(block)
            block = before
        }
    }
}
