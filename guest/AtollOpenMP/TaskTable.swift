// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// What a task's children depend on: for each address the last tasks that named it. Only the thread that
/// runs the parent looks at it, so it needs no lock; it holds the tasks in it until it forgets them.
///
/// The tasks that named an address come in *sets*: those of one `in` or `inoutset` kind that follow upon one
/// another, or a single one of another kind. Each waits for all of the set before its own; what lies
/// further back is waited for by those.
///
///     word 0   entries, a power of two
///     word 1   entries in use
///     word 2   the last task that depends on all memory (its node)
///     line 1.. the entries: address, kind and size of the last set, its first node, first of the one before
///
/// A *node* is two words in a task's block: the next of its set, and the task.
struct TaskTable: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    struct Entry: ImageRecord {
        let offset: Int
        @inline(__always) init(_ offset: Int) { self.offset = offset }
        @inline(__always) var address: UInt64 {
            get { get(0) }
            nonmutating set { set(0, newValue) }
        }
        /// Of the last set: ``TaskDependences/Kind``.
        @inline(__always) var kind: UInt64 { self.get(8) & 0xff }
        /// How many have come into the last set, and how many there may be before it is worth looking
        /// for those that have ended.
        @inline(__always) var count: UInt64 { self.get(8) >> 8 & 0xff_ffff }
        @inline(__always) var limit: UInt64 { self.get(8) >> 32 }
        @inline(__always) func set(kind: UInt64, count: UInt64, limit: UInt64) {
            set(8, limit << 32 | (count & 0xff_ffff) << 8 | kind)
        }
        @inline(__always) var last: Int {
            get { integer(16) }
            nonmutating set { set(16, newValue) }
        }
        @inline(__always) var before: Int {
            get { integer(24) }
            nonmutating set { set(24, newValue) }
        }
    }

    private static var entryBytes: Int { 32 }
    private static var entriesAt: Int { 64 }
    private var capacity: Int { integer(0) }
    private var used: Int { integer(8) }
    /// The node of the last task that depended on all memory; 0: none.
    var everything: Int {
        get { integer(16) }
        nonmutating set { set(16, newValue) }
    }

    static func create(capacity: Int) -> TaskTable {
        let table = TaskTable(
            TaskBlocks.allocate(entriesAt + capacity * entryBytes, alignment: 64, zeros: true))
        table.set(0, capacity)
        return table
    }

    private func entry(_ index: Int) -> Entry {
        Entry(offset + Self.entriesAt + index * Self.entryBytes)
    }

    /// The address's entry; none: nothing is known of it.
    func find(_ address: UInt64) -> Entry {
        let mask = capacity - 1
        var index = Self.hash(address) & mask
        while true {
            let entry = entry(index)
            if entry.last == 0 { return .none }
            if entry.address == address { return entry }
            index = (index + 1) & mask
        }
    }

    private static func hash(_ address: UInt64) -> Int {
        Int(truncatingIfNeeded: (address &* 0x9e37_79b9_7f4a_7c15) >> 32)
    }

    /// The address's entry, or one for it that has no sets; where there is no room, in a larger table that
    /// the parent has from then on.
    static func entry(_ address: UInt64, of parent: TaskRecord, _ thread: ThreadRecord) -> Entry {
        if parent.table.isNone { parent.table = create(capacity: 16) }
        var table = parent.table
        let known = table.find(address)
        if !known.isNone { return known }
        if (table.used + 1) * 4 > table.capacity * 3 { table = table.grow(parent, thread) }
        table.set(8, table.used + 1)
        return table.place(address)
    }

    private func place(_ address: UInt64) -> Entry {
        let mask = capacity - 1
        var index = Self.hash(address) & mask
        while entry(index).last != 0 { index = (index + 1) & mask }
        entry(index).address = address
        return entry(index)
    }

    /// Forgets what has ended, and has room for more.
    private func grow(_ parent: TaskRecord, _ thread: ThreadRecord) -> TaskTable {
        var left = 0
        for index in 0..<capacity {
            let entry = entry(index)
            if entry.last == 0 { continue }
            entry.before = Self.pruned(entry.before, thread).first
            entry.last = Self.pruned(entry.last, thread).first
            // All of the last set have ended: so have those that they waited for.
            if entry.last != 0 { left += 1 } else { Self.release(entry.before, thread) }
        }
        var room = 16
        while left * 2 >= room { room *= 2 }
        let new = Self.create(capacity: room)
        new.set(8, left)
        new.everything = everything
        for index in 0..<capacity {
            let entry = entry(index)
            if entry.last == 0 { continue }
            let copy = new.place(entry.address)
            copy.set(8, entry.get(8))
            copy.last = entry.last
            copy.before = entry.before
        }
        TaskBlocks.free(offset)
        parent.table = new
        return new
    }

    /// Calls `body` for every entry in use.
    func visit(_ body: (Entry) -> Void) {
        for index in 0..<capacity where entry(index).last != 0 { body(entry(index)) }
    }

    /// Forgets all that it knows of addresses.
    func clear(_ thread: ThreadRecord) {
        for index in 0..<capacity {
            let entry = entry(index)
            Self.release(entry.last, thread)
            Self.release(entry.before, thread)
            entry.set(8, 0)
            entry.last = 0
            entry.before = 0
        }
        set(8, 0)
    }

    /// Forgets everything; the parent has none any more.
    func drop(_ parent: TaskRecord, _ thread: ThreadRecord) {
        clear(thread)
        Self.release(everything, thread)
        TaskBlocks.free(offset)
        parent.table = .none
    }

    // MARK: Nodes

    @inline(__always)
    static func task(of node: Int) -> TaskRecord { TaskRecord(TaskTable(node).integer(8)) }
    @inline(__always)
    static func next(of node: Int) -> Int { TaskTable(node).integer(0) }
    @inline(__always)
    static func link(_ node: Int, before next: Int) { TaskTable(node).set(0, next) }

    static func release(_ first: Int, _ thread: ThreadRecord) {
        var node = first
        while node != 0 {
            let next = next(of: node)
            drop(task(of: node), thread)
            node = next
        }
    }

    @inline(__always)
    private static func drop(_ task: TaskRecord, _ thread: ThreadRecord) {
        if Tasks.links.drop(task.offset) { Tasks.free(thread, task) }
    }

    /// The set without those that have ended, and how many are left.
    static func pruned(_ first: Int, _ thread: ThreadRecord) -> (first: Int, count: Int) {
        var (kept, count, node) = (0, 0, first)
        while node != 0 {
            let next = next(of: node)
            let task = task(of: node)
            if Tasks.links.hasEnded(task.offset) {
                drop(task, thread)
            } else {
                link(node, before: kept)
                kept = node
                count += 1
            }
            node = next
        }
        return (kept, count)
    }
}
