// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// What tasks of a parallel program know of one another, in a line of each task's record: who waits for
/// whom, which children have ended, and when the record may be used for something else.
///
/// Tasks are named by where their line lies. Nobody counts tasks or their dependences beforehand, and
/// what a task does alone costs it no atomic operation: a task without children and dependences ends with
/// one, at its parent.
///
///     word 0   children that have ended; from the task's end on, less those that it had, and a mark
///     word 1   children that it has begun: its own thread's
///     word 2   what keeps it from being run: its maker, and older tasks
///     word 3   the first edge of those that wait for it; 1 once it has ended
///     word 4   who may look at word 3 from elsewhere than an edge: itself, and its parent's table
///
/// An *edge* is two words of the later task's own: the next edge of the same older task, and the later
/// task. It is not looked at any more when the later task is let go.
///
/// ## If the holder dies
/// A dead thread's task never ends, nor do those that wait for it: who waits learns of the loss from its
/// ``Waiter``.
public struct TaskLinks<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M

    @inlinable public static var bytes: Int { 40 }
    @inlinable public static var edgeBytes: Int { 16 }

    @inlinable static var begunAt: Int { 8 }
    @inlinable static var blockersAt: Int { 16 }
    @inlinable static var successorsAt: Int { 24 }
    @inlinable static var referencesAt: Int { 32 }
    @inlinable static var over: UInt64 { 1 << 63 }
    @inlinable static var closed: UInt64 { 1 }

    @_lifetime(copy words)
    @inlinable
    public init(_ words: M) { self.words = words }

    /// Makes the line a new task's, which its maker blocks and nobody else knows.
    @inlinable
    public func begin(_ task: Int) {
        words.storeRelaxed(0, at: task)
        words.storeRelaxed(0, at: task + Self.begunAt)
        words.storeRelaxed(1, at: task + Self.blockersAt)
        words.storeRelaxed(0, at: task + Self.successorsAt)
        words.storeRelaxed(1, at: task + Self.referencesAt)
    }

    // MARK: Children

    /// The running task, of this thread, has begotten one; gives which of its children that is.
    @inlinable
    @discardableResult
    public func addChild(_ task: Int) -> UInt64 {
        let begun = words.loadRelaxed(task + Self.begunAt) &+ 1
        words.storeRelaxed(begun, at: task + Self.begunAt)
        return begun
    }

    /// Whether all children of the running task, this thread's, have ended.
    @inlinable
    public func isAlone(_ task: Int) -> Bool {
        words.load(task) == words.loadRelaxed(task + Self.begunAt)
    }

    /// A child has ended. `true`: the task has, too, and this was the last: the caller lets its record go.
    @inlinable
    public func endChild(_ task: Int) -> Bool { words.add(1, at: task) &+ 1 == Self.over }

    /// The task has ended. `true`: so have its children, the caller lets its record go; else the last of
    /// them will.
    @inlinable
    public func end(_ task: Int) -> Bool {
        let begun = words.loadRelaxed(task + Self.begunAt)
        if words.load(task) == begun { return true }
        let change = Self.over &- begun
        return words.add(change, at: task) &+ change == Self.over
    }

    // MARK: References

    /// One more will look at it. For its maker, before anybody else can.
    @inlinable
    public func hold(_ task: Int) {
        words.storeRelaxed(
            words.loadRelaxed(task + Self.referencesAt) &+ 1, at: task + Self.referencesAt)
    }

    /// One looks no more. `true`: it was the last.
    @inlinable
    public func drop(_ task: Int) -> Bool {
        words.add(UInt64.max, at: task + Self.referencesAt) == 1
    }

    // MARK: Who waits for whom

    /// Whether the task has ended, as far as those know that wait for it; what it wrote is then seen.
    @inlinable
    public func hasEnded(_ task: Int) -> Bool {
        words.load(task + Self.successorsAt) == Self.closed
    }

    /// Lets `later`, which is still blocked by its maker, the caller, wait for `older`, which is held.
    /// `false` where that one has ended already.
    ///
    /// - Parameter edge: two words of the later one's record, for this alone.
    @inlinable
    public func wait(_ later: Int, for older: Int, edge: Int) -> Bool {
        let list = older + Self.successorsAt
        var seen = words.load(list)
        guard seen != Self.closed else { return false }
        // Before the edge can be found.
        _ = words.add(1, at: later + Self.blockersAt)
        words.storeRelaxed(UInt64(later), at: edge + 8)
        while seen != Self.closed {
            words.storeRelaxed(seen, at: edge)
            let found = words.compareExchange(seen, UInt64(edge), at: list)
            if found == seen { return true }
            seen = found
        }
        _ = words.add(UInt64.max, at: later + Self.blockersAt)
        return false
    }

    /// Takes one away of what blocks the task. `true`: nothing is left, the caller sees to it that it is
    /// run.
    @inlinable
    public func unblock(_ task: Int) -> Bool {
        // Its maker, most often, with nobody else to know of it.
        words.add(UInt64.max, at: task + Self.blockersAt) == 1
    }

    /// Lets those go that wait for the task, which has ended.
    ///
    /// - Parameter ready: is given the tasks that nothing blocks any more.
    @inlinable
    public func close(_ task: Int, ready: (Int) -> Void) {
        var edge = words.exchange(Self.closed, at: task + Self.successorsAt)
        while edge != 0 {
            let at = Int(truncatingIfNeeded: edge)
            let later = Int(truncatingIfNeeded: words.loadRelaxed(at + 8))
            // Before it is let go: it may end, and its record be used anew.
            edge = words.loadRelaxed(at)
            if unblock(later) { ready(later) }
        }
    }
}

/// Over words that stay, it stays.
extension TaskLinks: Escapable where M: Escapable {}
