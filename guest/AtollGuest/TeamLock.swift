// SPDX-License-Identifier: Apache-2.0
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
