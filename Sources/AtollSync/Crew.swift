// SPDX-License-Identifier: Apache-2.0
public import AtollRegion

/// The words by which the threads of a parallel program's team (its *crew*) meet: how a region begins and
/// ends, the barriers in it, and the constructs that its threads share out.
///
/// Every thread of a crew comes to the same barriers and constructs in the same order, so each counts
/// them for itself, in its seat, and equal counts mean the same one. Nothing must be initialised by a
/// first thread, or given back by a last one.
///
///     line 0    the word: generation of the region, above 16 bits of how many threads run it
///     line 2    regions with tasks, cancelled, whose tasks have ended; barriers whose tasks have
///     line 8    large crews: threads that have come to the barrier    line 9: the barrier that lets go
///     then      the ring of ``CrewSlot``, the seats
///
/// Lines between are the runtime's own. A seat's line 0 says what its thread has come to, and its words at
/// ``constructAt`` and ``stealAt`` which construct, or loop with stealing.
///
/// ## If the holder dies
/// Who waits for a dead thread waits for ever; what ends the wait is its ``CrewWaiter``, in which the program
/// ends.
public struct Crew<M: Words & ~Escapable>: ~Escapable {
    @usableFromInline let words: M
    @usableFromInline let base: Int

    /// - Parameter base: where the crew lies in the words.
    @_lifetime(copy words)
    @inlinable
    @inline(__always)
    public init(_ words: M, at base: Int) {
        self.words = words
        self.base = base
    }

    // MARK: Where its words are

    @inlinable @inline(__always) public static var wordAt: Int { 0 }
    /// The region in which somebody has made a deferred task.
    @inlinable @inline(__always) public static var tasksAt: Int { 128 }
    /// The region that has been cancelled.
    @inlinable @inline(__always) public static var cancelledAt: Int { 136 }
    /// The barrier whose tasks are known to have ended.
    @inlinable @inline(__always) public static var drainedBarrierAt: Int { 144 }
    /// The region whose tasks are known to have ended, and whose seats from here on go.
    @inlinable @inline(__always) public static var drainedAt: Int { 152 }
    @inlinable @inline(__always) public static var countAt: Int { 8 * 64 }
    @inlinable @inline(__always) public static var releaseAt: Int { 9 * 64 }
    /// The loops with stealing, by their number modulo 8, whose last chunk has been taken.
    @inlinable @inline(__always) public static var lastChunkAt: Int { 13 * 64 }
    @inlinable @inline(__always) public static var ringAt: Int { 16 * 64 }
    @inlinable @inline(__always) public static var seatsAt: Int { ringAt + 64 * 64 }

    @inlinable @inline(__always) public static var seatBytes: Int { 12 * 64 }
    // Of a seat: the barrier, counted, that its thread has come to; the region whose end; the region whose
    // tasks it has helped to end, where it had any.
    @inlinable @inline(__always) public static var arrivedAt: Int { 0 }
    @inlinable @inline(__always) public static var joinedAt: Int { 8 }
    @inlinable @inline(__always) public static var leftAt: Int { 16 }
    /// Iterations that are still its own, for the last eight loops with stealing.
    @inlinable @inline(__always) public static var stealAt: Int { 128 }
    /// The constructs, and the loops with stealing, that it has come to.
    @inlinable @inline(__always) public static var constructAt: Int { 192 }
    @inlinable @inline(__always) public static var stealingAt: Int { 200 }

    @inlinable
    @inline(__always)
    public func seat(_ number: Int) -> Int { base &+ Self.seatsAt &+ number &* Self.seatBytes }

    // MARK: Tasks and cancellation

    /// To be called before a deferred task can be found: from now on the waits of this region look for
    /// tasks, and its end waits for them.
    @inlinable
    @inline(__always)
    public func noteTasks(_ generation: UInt64) {
        if words.loadRelaxed(base &+ Self.tasksAt) != generation {
            words.store(generation, at: base &+ Self.tasksAt)
        }
    }

    /// `true`: what was written before ``noteTasks(_:)`` is seen.
    @inlinable
    @inline(__always)
    public func hasTasks(_ generation: UInt64) -> Bool {
        words.load(base &+ Self.tasksAt) == generation
    }

    @inlinable
    @inline(__always)
    public func cancel(_ generation: UInt64) {
        words.store(generation, at: base &+ Self.cancelledAt)
    }

    @inlinable
    @inline(__always)
    public func isCancelled(_ generation: UInt64) -> Bool {
        words.loadRelaxed(base &+ Self.cancelledAt) == generation
    }

    /// Whether `count` has come to `number`; both go round.
    @inlinable
    @inline(__always)
    static func hasCome(_ count: UInt64, to number: UInt64) -> Bool {
        Int64(bitPattern: count &- number) >= 0
    }
}

/// Over words that stay, it stays.
extension Crew: Escapable where M: Escapable {}
