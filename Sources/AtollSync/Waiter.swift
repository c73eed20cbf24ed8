// SPDX-License-Identifier: Apache-2.0

/// How to pass the time until another thread has done something, and when to give up.
///
/// Waiting is not the algorithms' business: a futex does not cross kernels, a preempted vCPU is
/// normal, and a model checker waits in its own way.
public protocol Waiter {
    /// Called after each look that found nothing. Throws when there is no more sense in waiting; the
    /// algorithm then looks once more, since what it waits for may have come before the reason.
    mutating func wait() throws(SyncError)

    /// The loss of these members is known and ends no wait from now on.
    mutating func disregard(_ slots: UInt64)

    /// Passes about so many pauses' time, whatever happens meanwhile. Does nothing where no time is to be
    /// spent so.
    mutating func pause(_ times: Int)

    /// Called after a store that may end the waits of others, by an algorithm that goes on to wait itself:
    /// some may sleep until they are rung for (``Sleepers``). After an operation without a waiter, the
    /// caller does the same.
    mutating func rouse()

    /// Whether the last ``wait()`` was so long that what costs a system call costs nothing beside it.
    var slept: Bool { get }

    /// Nanoseconds that this wait has taken so far; 0 while it has only spun. For the figures that
    /// objects keep of themselves: AtollSync reads no clock.
    var waited: UInt64 { get }
}

extension Waiter {
    @inlinable public mutating func disregard(_ slots: UInt64) {}

    @inlinable public mutating func rouse() {}
    @inlinable public var slept: Bool { false }
    @inlinable public mutating func pause(_ times: Int) {}
    @inlinable public var waited: UInt64 { 0 }
}
