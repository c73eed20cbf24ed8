// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// What one thread of a team says of itself.
public struct TeamThreadRecord: Sendable, Equatable {
    public let rank: Int
    /// `nil`: it does not run.
    public let owner: OwnerName?
    /// Offset of what it waits for; 0: it does not wait, or not for longer than a moment.
    public let waitingOn: UInt64
    /// How long it has, nanoseconds.
    public let waiting: UInt64
}

/// What a team's control block says, for who looks at it from outside: the host, a launcher. Guests
/// write all of it: nothing here is believed further than its bounds were checked.
public struct TeamRecord: Sendable, Equatable {
    public let object: ObjectRecord
    public let size: Int
    public let vms: Int
    /// 0: not the same in all VMs.
    public let threadsPerVM: Int
    /// In order of rank.
    public let threads: [TeamThreadRecord]

    /// The threads that wait at the team's barrier.
    public var arrived: [TeamThreadRecord] {
        threads.filter { $0.waitingOn == UInt64(object.offset) }
    }

    /// The threads that do not.
    public var missing: [TeamThreadRecord] {
        threads.filter { $0.waitingOn != UInt64(object.offset) }
    }

    /// Whether all that wait at the barrier have for longer than `bound` nanoseconds, while others have
    /// not come. The others may be at work that takes long, or may never come: who looks decides.
    public func isStuck(bound: UInt64) -> Bool {
        let arrived = arrived
        return !arrived.isEmpty && arrived.count < size
            && arrived.allSatisfy { $0.waiting > bound }
    }
}

extension Region {
    /// The team whose block this object is; `nil` where it is none, or does not make sense. Bounded work:
    /// no more threads than a team can have and the object has lines for.
    public func team(_ object: ObjectRecord) -> TeamRecord? {
        guard let (head, layout) = teamHead(object) else { return nil }
        meter?.add(head.size * TeamLayout.threadBytes)
        let threads = (0..<head.size).map { rank in
            let line = object.offset + layout.thread(rank)
            return TeamThreadRecord(
                rank: rank,
                owner: OwnerName(word: memory.load(word: line + ATOLL_AT_TEAM_THREAD_OWNER)),
                waitingOn: memory.load(word: line + ATOLL_AT_TEAM_THREAD_WAITING_ON),
                waiting: memory.load(word: line + ATOLL_AT_TEAM_THREAD_WAITING_NS))
        }
        return TeamRecord(
            object: object, size: head.size, vms: head.vms, threadsPerVM: head.threadsPerVM,
            threads: threads)
    }

    /// What all of a team agree on, checked against the object's size.
    func teamHead(_ object: ObjectRecord) -> (TeamHead, TeamLayout)? {
        guard object.kind == .team, object.state == .ready, object.bytes >= Int(ATOLL_LINE),
            // The record's own reader has seen to it; another's may not have.
            object.offset % Int(ATOLL_LINE) == 0, let head = TeamHead(memory, at: object.offset)
        else { return nil }
        let layout = TeamLayout(size: head.size, vms: head.vms)
        guard layout.bytes <= object.bytes, head.threadsPerVM <= head.size else { return nil }
        return (head, layout)
    }
}
