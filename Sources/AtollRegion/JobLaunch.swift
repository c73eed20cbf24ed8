// SPDX-License-Identifier: Apache-2.0

/// Something a launcher learns of its job. Ranks are places in the job's list of members.
public enum LaunchEvent: Sendable, Equatable {
    /// 1 is standard output, 2 standard error.
    case output(rank: Int, stream: UInt8, text: [UInt8])
    /// `wait(2)` status.
    case exited(rank: Int, status: UInt32)
    /// The agent could not start the program; errno.
    case refused(rank: Int, errno: UInt32)
    /// The member's VM is gone, by the host's word.
    case lost(rank: Int)
    /// The member's agent has been silent for the lease.
    case silent(rank: Int)
    /// The member's output is no longer readable.
    case corrupt(rank: Int, RingCorrupt)
    /// The job was cleared away: the agents took its launcher, which was silent for the lease, for
    /// dead.
    case withdrawn(rank: Int)
}

/// The launcher's side of one job: post, poll until over, finish. It waits for nothing itself, so
/// that the daemon can poll many jobs from one loop. A process that fails, a lost or silent member
/// stops the whole job, since the others would wait for it.
public struct JobLaunch: Sendable {
    public let board: JobBoard
    public let ticket: JobTicket
    private var ranks: [Rank] = []
    private let lease: UInt64

    private struct Rank: Sendable {
        let slot: Int
        let incarnation: UInt64
        var ring: OutputRing
        var isReadable = true
        var isOver = false
        var heartbeat: UInt64 = 0
        var heartbeatSeen: UInt64 = 0
    }

    /// How many records one poll takes from one ring: a chatty member must not starve the others.
    private static var recordsPerPoll: Int { 64 }

    /// Posts the job. `now` is this side's monotonic clock, in nanoseconds.
    public init(_ request: JobRequest, on board: JobBoard, from launcher: JobLauncher, now: UInt64)
        throws(JobBoardError)
    {
        self.board = board
        lease = launcher.leaseMilliseconds * 1_000_000
        ticket = try board.post(request, from: launcher)
        for (rank, member) in request.members.enumerated() {
            // The launcher wrote this index a moment ago; should a rogue have changed it, any ring
            // that exists will do: its content is checked.
            let index = board.part(ticket, rank: rank).ring
            let ring = OutputRing(board.region, index: index) ?? OutputRing(board.region, index: 0)!
            ranks.append(
                Rank(
                    slot: member.slot, incarnation: member.incarnation, ring: ring,
                    heartbeatSeen: now))
        }
    }

    public var isOver: Bool { ranks.allSatisfy { $0.isOver } }

    /// What is new since the last poll, and the launcher's own heartbeat. Never waits. Who was lost
    /// comes first: the others may have failed because of it.
    public mutating func poll(now: UInt64) -> [LaunchEvent] {
        var events: [LaunchEvent] = []
        guard board.state(ticket) != .free else {
            // The rings may be another job's by now.
            for rank in ranks.indices where !ranks[rank].isOver {
                end(rank, .withdrawn(rank: rank), failed: true, &events)
            }
            return events
        }
        board.beat(ticket)
        // The parts' states first: what an ended process wrote is then in its ring already, and a loss
        // that made it fail is then seen below.
        let parts = ranks.indices.map { board.part(ticket, rank: $0) }
        let drained = ranks.indices.map { ranks[$0].isOver || drain($0, &events) }
        var isLossPending = false
        for rank in ranks.indices where !ranks[rank].isOver && isLost(rank, parts[rank]) {
            if drained[rank] {
                end(rank, .lost(rank: rank), failed: true, &events)
            } else {
                isLossPending = true
            }
        }
        for rank in ranks.indices where !ranks[rank].isOver && drained[rank] && !isLossPending {
            poll(rank, parts[rank], now, &events)
        }
        return events
    }

    private func isLost(_ rank: Int, _ part: JobPart) -> Bool {
        part.state != .exited && part.state != .refused
            && !board.region.isAlive(slot: ranks[rank].slot, incarnation: ranks[rank].incarnation)
    }

    private mutating func poll(
        _ rank: Int, _ part: JobPart, _ now: UInt64, _ events: inout [LaunchEvent]
    ) {
        switch part.state {
        case .exited:
            end(rank, .exited(rank: rank, status: part.status), failed: part.status != 0, &events)
        case .refused:
            end(rank, .refused(rank: rank, errno: part.status), failed: true, &events)
        case .none, .wanted, .running:
            if isSilent(rank, now) {
                end(rank, .silent(rank: rank), failed: true, &events)
            }
        }
    }

    /// Takes what the ring holds; `false` where there is more than one poll's share.
    private mutating func drain(_ rank: Int, _ events: inout [LaunchEvent]) -> Bool {
        guard ranks[rank].isReadable else { return true }
        for _ in 0..<Self.recordsPerPoll {
            do {
                guard let (stream, text) = try ranks[rank].ring.read() else { return true }
                events.append(.output(rank: rank, stream: stream, text: text))
            } catch {
                ranks[rank].isReadable = false
                events.append(.corrupt(rank: rank, error))
                stop()
                return true
            }
        }
        return false
    }

    private mutating func end(
        _ rank: Int, _ event: LaunchEvent, failed: Bool, _ events: inout [LaunchEvent]
    ) {
        ranks[rank].isOver = true
        events.append(event)
        if failed { stop() }
    }

    private mutating func isSilent(_ rank: Int, _ now: UInt64) -> Bool {
        let heartbeat = board.region.presence(ranks[rank].slot).heartbeat
        if heartbeat != ranks[rank].heartbeat {
            ranks[rank].heartbeat = heartbeat
            ranks[rank].heartbeatSeen = now
        }
        return now - ranks[rank].heartbeatSeen > lease
    }

    /// Asks the agents to end all processes: SIGTERM, then SIGKILL.
    public func stop() {
        board.stop(ticket)
        for rank in ranks { board.region.callAttention(slot: rank.slot) }
    }

    public func send(signal: Int32) { board.send(signal: signal, to: ticket) }

    /// Gives the job's slot back. Where a part still runs (a silent member) it stays until that part
    /// is over, and whoever looks at the board then frees it.
    public func finish() { _ = board.reap(ticket) }
}
