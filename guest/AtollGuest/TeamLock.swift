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
    /// Whether its holder may take it again.
    public let isRecursive: Bool

    @_lifetime(borrow memory)
    @inline(__always)
    func counted(_ memory: borrowing MappedWords) -> CountedLock<SharedWords> {
        CountedLock(memory.words(at: offset, count: SyncLayout.bytes), at: 0)
    }

    @_lifetime(borrow memory)
    @inline(__always)
    func recursive(_ memory: borrowing MappedWords) -> RecursiveLock<SharedWords> {
        RecursiveLock(memory.words(at: offset, count: SyncLayout.bytes), at: 0)
    }
}

extension TeamLock {
    /// The lock as a number, for languages that cannot hold it otherwise. Objects lie on lines, so that
    /// the lowest bit is free to say that the lock is recursive.
    public var handle: UInt64 { UInt64(offset) | (isRecursive ? 1 : 0) }
}

extension Team {
    /// The lock that a number stands for; `nil` for a number that ``TeamLock/handle`` never gives.
    public func lock(handle: UInt64) -> TeamLock? {
        let offset = handle & ~1
        guard offset % UInt64(SyncLayout.line) == 0,
            region.layout.arenaContains(offset: offset, bytes: UInt64(SyncLayout.bytes))
        else { return nil }
        return TeamLock(offset: Int(offset), isRecursive: handle & 1 != 0)
    }
}
