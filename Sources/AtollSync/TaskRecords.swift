// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// What the threads of a team know of their tasks: a record for each task that has not ended, in a pool
/// of each thread, and who waits for whom.
///
/// A task has ended when its function has returned and all tasks that it has begotten have ended: its
/// `pending` counts itself and its children. Whoever lowers it to 0 lets those go that wait for the task
/// and counts it off at its parent. Children of one parent may wait for older siblings (*edges*): an
/// edge hangs in the older one's list of successors, until that list is closed at its end.
///
///     line 0   of a record: generation and whether it is in use, function, parent, pending, blockers,
///              successors
///     line 1   where the record's own edges hang in the lists of others: what comes after each
///     line 2   the function's arguments
///
/// ## If the holder dies
/// A dead thread's task never ends, nor do those that wait for it: who waits learns of the loss from its
/// ``Waiter``. Tasks cannot be taken over, since half of one may have been done.
public struct TaskRecords<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    /// Where the first record lies.
    @usableFromInline let base: Int

    /// A task: which record, and which use of it.
    @frozen
    public struct Task: Equatable, Sendable {
        public let record: Int
        public let generation: UInt64

        @inlinable
        public init(record: Int, generation: UInt64) {
            self.record = record
            self.generation = generation
        }
    }

    @inlinable public static var bytes: Int { 192 }
    /// How many older siblings a task can wait for at once.
    @inlinable public static var edges: Int { 8 }
    /// The parent of a task that has none.
    @inlinable public static var nobody: Int { -1 }

    @inlinable static var functionAt: Int { 8 }
    @inlinable static var parentAt: Int { 16 }
    @inlinable static var pendingAt: Int { 24 }
    @inlinable static var blockersAt: Int { 32 }
    @inlinable static var successorsAt: Int { 40 }
    @inlinable static var edgesAt: Int { 64 }
    @inlinable static var argumentsAt: Int { 128 }

    // A list's word: generation from bit 40 on, below it the first edge + 1, 0 for none.
    @inlinable static var edgeMask: UInt64 { 1 << 40 - 1 }
    @inlinable static var generationMask: UInt64 { 1 << 24 - 1 }
    @inlinable static var closed: UInt64 { edgeMask }

    @_lifetime(copy words)
    @inlinable
    public init(_ words: M, at base: Int) {
        self.words = words
        self.base = base
    }

    @inlinable
    func at(_ record: Int) -> Int { base + record * Self.bytes }

    /// Where the arguments lie, from the start of the words.
    @inlinable
    public func arguments(_ record: Int) -> Int { at(record) + Self.argumentsAt }

    /// Takes a free record of this thread's own, from `first` on `count` of them; `nil` where all are in
    /// use. The task counts itself, and is blocked once: by whoever makes it.
    ///
    /// - Parameter hint: where to look first; moved on.
    @inlinable
    public func begin(
        first: Int, count: Int, hint: inout Int, function: Int, parent: Int
    ) -> Task? {
        for _ in 0..<count {
            hint = hint + 1 < count ? hint + 1 : 0
            let record = first + hint
            let at = at(record)
            let state = words.load(at)
            if state & 1 != 0 { continue }
            let generation = (state >> 8 &+ 1) & Self.generationMask
            words.storeRelaxed(generation << 8 | 1, at: at)
            words.storeRelaxed(UInt64(function), at: at + Self.functionAt)
            words.storeRelaxed(UInt64(bitPattern: Int64(parent)), at: at + Self.parentAt)
            words.storeRelaxed(1, at: at + Self.pendingAt)
            words.storeRelaxed(1, at: at + Self.blockersAt)
            words.store(generation << 40, at: at + Self.successorsAt)
            if parent != Self.nobody { _ = words.add(1, at: self.at(parent) + Self.pendingAt) }
            return Task(record: record, generation: generation)
        }
        return nil
    }

    @inlinable
    public func function(_ record: Int) -> Int {
        Int(truncatingIfNeeded: words.loadRelaxed(at(record) + Self.functionAt))
    }

    /// Whether all that the task has begotten has ended; asked while it runs.
    @inlinable
    public func isAlone(_ record: Int) -> Bool { words.load(at(record) + Self.pendingAt) == 1 }

    /// Whether the task has ended.
    @inlinable
    public func hasEnded(_ task: Task) -> Bool {
        let list = words.load(at(task.record) + Self.successorsAt)
        return list >> 40 != task.generation || list & Self.edgeMask == Self.closed
    }

    /// Lets `later`, which is still blocked by its maker, wait for an older sibling. `false` where that
    /// one has ended already.
    ///
    /// - Parameter edge: which of the later one's edges: each for one sibling only.
    @inlinable
    public func wait(_ later: Task, for older: Task, edge: Int) -> Bool {
        let name = UInt64(later.record * Self.edges + edge + 1)
        let next = at(later.record) + Self.edgesAt + edge * 8
        let list = at(older.record) + Self.successorsAt
        var seen = words.load(list)
        guard !hasEnded(older, seen) else { return false }
        // Before the edge can be found.
        _ = words.add(1, at: at(later.record) + Self.blockersAt)
        while !hasEnded(older, seen) {
            words.storeRelaxed(seen & Self.edgeMask, at: next)
            let found = words.compareExchange(seen, older.generation << 40 | name, at: list)
            if found == seen { return true }
            seen = found
        }
        _ = words.add(UInt64.max, at: at(later.record) + Self.blockersAt)
        return false
    }

    @inlinable
    func hasEnded(_ task: Task, _ list: UInt64) -> Bool {
        list >> 40 != task.generation || list & Self.edgeMask == Self.closed
    }

    /// Takes one away of what blocks the task. `true`: nothing is left, the caller sees to it that the
    /// task is run.
    @inlinable
    public func unblock(_ record: Int) -> Bool {
        words.add(UInt64.max, at: at(record) + Self.blockersAt) == 1
    }

    /// The task's function has returned, or one of its children has ended.
    ///
    /// - Parameter ready: is given the records of tasks that nothing blocks any more.
    @inlinable
    public func end(_ record: Int, ready: (Int) -> Void) {
        var record = record
        while record != Self.nobody {
            let at = at(record)
            guard words.add(UInt64.max, at: at + Self.pendingAt) == 1 else { return }
            let parent = Int(Int64(bitPattern: words.loadRelaxed(at + Self.parentAt)))
            let generation = words.loadRelaxed(at) >> 8
            let list = words.exchange(
                generation << 40 | Self.closed, at: at + Self.successorsAt)
            release(list & Self.edgeMask, ready)
            // From here on its thread may use it anew.
            words.store(generation << 8, at: at)
            record = parent
        }
    }

    @inlinable
    func release(_ first: UInt64, _ ready: (Int) -> Void) {
        var edge = first
        while edge != 0 {
            let index = Int(edge - 1)
            let later = index / Self.edges
            // Before it is let go: it may end, and its record be used anew.
            edge = words.loadRelaxed(at(later) + Self.edgesAt + index % Self.edges * 8)
            if unblock(later) { ready(later) }
        }
    }
}
