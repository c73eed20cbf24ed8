// SPDX-License-Identifier: Apache-2.0

/// Why a wait ended without what it waited for.
public enum SyncError: Error, Equatable, Sendable {
    /// Members that the wait needs are lost, or their process has ended: a bit for each slot.
    case memberLost(slots: UInt64)
    /// Another thread of the team has failed and will not come.
    case peerFailed(rank: Int)
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
