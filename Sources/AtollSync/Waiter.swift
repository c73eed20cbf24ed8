// SPDX-License-Identifier: Apache-2.0

/// How to pass the time until another thread has done something, and when to give up.
///
/// Waiting is not the algorithms' business: a futex does not cross kernels, a preempted vCPU is
/// normal, and a model checker waits in its own way.
public protocol Waiter {
    /// Called after each look that found nothing. Throws when there is no more sense in waiting.
    mutating func wait() throws(SyncError)
}

/// Why a wait ended without what it waited for.
public enum SyncError: Error, Equatable, Sendable {
    /// Members that the wait needs are lost: a bit for each slot.
    case memberLost(slots: UInt64)
    /// More threads came to a barrier than it was made for.
    case tooManyArrivals(size: Int)
    /// The lock's holder died and nobody declared the data consistent.
    case poisoned
    /// The thread already holds the lock, or does not hold what it gives back.
    case notOwner
    /// The region is about to be unplugged.
    case draining
    /// The time given is over.
    case timedOut
}
