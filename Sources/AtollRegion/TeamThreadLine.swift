// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// What one thread of a team says of itself in the team's block. All words are the thread's own:
/// relaxed stores, read by whoever shows the team.
public struct TeamThreadLine: Sendable, Equatable {
    /// Owner word of the thread; 0: it does not run.
    public let owner: UInt64
    /// Offset of what it waits for; 0: it does not wait, or not for longer than it spins.
    public let waitingOn: UInt64
    /// What that is: a kind of object.
    public let waitingKind: UInt64
    /// Nanoseconds of this wait, as of its last sleep.
    public let waiting: UInt64
    /// Nanoseconds of all its waits that are over and went beyond spinning, and how many those were.
    public let waited: UInt64
    public let waits: UInt64

    /// Reads the line at `offset`, which the caller has checked to be in bounds.
    public init(_ memory: SharedMemory, at offset: Int) {
        owner = memory.load64(offset + ATOLL_AT_TEAM_THREAD_OWNER)
        waitingOn = memory.load64(offset + ATOLL_AT_TEAM_THREAD_WAITING_ON)
        waitingKind = memory.load64(offset + ATOLL_AT_TEAM_THREAD_WAITING_KIND)
        waiting = memory.load64(offset + ATOLL_AT_TEAM_THREAD_WAITING_NS)
        waited = memory.load64(offset + ATOLL_AT_TEAM_THREAD_WAITED_NS)
        waits = memory.load64(offset + ATOLL_AT_TEAM_THREAD_WAITS)
    }

    /// The thread runs, or no longer does: 0.
    public static func setOwner(_ owner: UInt64, _ memory: SharedMemory, at offset: Int) {
        memory.store64(owner, at: offset + ATOLL_AT_TEAM_THREAD_OWNER)
        memory.store64(0, at: offset + ATOLL_AT_TEAM_THREAD_WAITING_ON)
    }

    public static func startWait(
        _ memory: SharedMemory, at offset: Int, on object: Int, kind: UInt64
    ) {
        memory.store64(0, at: offset + ATOLL_AT_TEAM_THREAD_WAITING_NS)
        memory.store64(kind, at: offset + ATOLL_AT_TEAM_THREAD_WAITING_KIND)
        memory.store64(UInt64(object), at: offset + ATOLL_AT_TEAM_THREAD_WAITING_ON)
    }

    public static func renewWait(_ memory: SharedMemory, at offset: Int, _ nanoseconds: UInt64) {
        memory.store64(nanoseconds, at: offset + ATOLL_AT_TEAM_THREAD_WAITING_NS)
    }

    public static func endWait(_ memory: SharedMemory, at offset: Int, nanoseconds: UInt64) {
        let waited = offset + ATOLL_AT_TEAM_THREAD_WAITED_NS
        let waits = offset + ATOLL_AT_TEAM_THREAD_WAITS
        memory.store64(memory.load64(waited) &+ nanoseconds, at: waited)
        memory.store64(memory.load64(waits) &+ 1, at: waits)
        memory.store64(0, at: offset + ATOLL_AT_TEAM_THREAD_WAITING_ON)
    }
}
