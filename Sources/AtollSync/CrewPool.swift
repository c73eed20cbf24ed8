// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// How a thread that has no seat is taken into a crew, and goes back: two words of its record, in whose lines
/// others may have more.
///
///     state        whether there is a thread, and whose it is
///     assignment   the seat that it is to take; 0: none
///
/// ## If the holder dies
/// See ``Crew``.
public struct CrewPool<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M

    @inlinable @inline(__always) public static var stateAt: Int { 80 }
    @inlinable @inline(__always) public static var assignmentAt: Int { 128 }

    public enum State: UInt64, Sendable {
        case unused = 0
        /// A worker that waits to be taken into a team.
        case idle = 1
        /// A worker that belongs to a team, or is about to.
        case taken = 2
        /// A thread of the program's own.
        case own = 3
    }

    @_lifetime(copy words)
    @inlinable
    @inline(__always)
    public init(_ words: M) { self.words = words }

    /// `true`: what was written before it came into this state is seen.
    @inlinable
    public func isIn(_ state: State, _ record: Int) -> Bool {
        words.load(record &+ Self.stateAt) == state.rawValue
    }

    /// Makes the record the caller's, where it is in this state.
    @inlinable
    public func claim(_ record: Int, from state: State, to next: State) -> Bool {
        words.compareExchange(state.rawValue, next.rawValue, at: record &+ Self.stateAt)
            == state.rawValue
    }

    @inlinable
    public func release(_ record: Int, to state: State) {
        words.store(state.rawValue, at: record &+ Self.stateAt)
    }

    /// For who has claimed it, before there is a thread.
    @inlinable
    public func clear(_ record: Int) { words.store(0, at: record &+ Self.assignmentAt) }

    /// Gives a worker, which the caller has claimed, its seat. What was written before, it sees.
    @inlinable
    public func assign(_ record: Int, _ seat: Int) {
        words.store(UInt64(truncatingIfNeeded: seat), at: record &+ Self.assignmentAt)
    }

    /// For the worker: the seat that it is given.
    @inlinable
    public func assigned<W: CrewWaiter>(_ record: Int, _ make: () -> W) -> Int {
        let at = record &+ Self.assignmentAt
        var waiter = make()
        var seat = words.load(at)
        while seat == 0 {
            waiter.step()
            seat = words.load(at)
        }
        waiter.end()
        words.store(0, at: at)
        return Int(truncatingIfNeeded: seat)
    }
}

/// Over words that stay, it stays.
extension CrewPool: Escapable where M: Escapable {}
