// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// A named lock of a team: mutual exclusion between all its threads, in whatever VM. Used through
/// ``TeamThread``.
///
/// ## If the holder dies
/// The next to lock it learns that by `ownerDied`, repairs the data and says `consistent`; without
/// that, the lock is poisoned from its unlock on.
public struct TeamLock: Sendable {
    let offset: Int
}

extension TeamLock {
    /// The lock as a number, for languages that cannot hold it otherwise.
    public var handle: UInt64 { UInt64(offset) }
}

extension Team {
    /// The lock that a number stands for; `nil` for a number that ``TeamLock/handle`` never gives.
    public func lock(handle: UInt64) -> TeamLock? {
        guard handle % 64 == 0, region.layout.arenaContains(offset: handle, bytes: 64) else {
            return nil
        }
        return TeamLock(offset: Int(handle))
    }
}
