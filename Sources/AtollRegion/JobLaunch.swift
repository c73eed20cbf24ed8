// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem

/// Something a launcher learns of its job. Ranks are places in the job's list of members.
public enum LaunchEvent: Sendable, Equatable {
    /// It runs its part of an OpenMP program, whose output, input and end are rank 0's. Comes before
    /// anything else of the rank.
    case beganOpenMP(rank: Int)
    /// 1 is standard output, 2 standard error.
    case output(rank: Int, stream: UInt8, text: [UInt8])
    /// `wait(2)` status.
    case exited(rank: Int, status: UInt32)
    /// The agent could not start the program; errno.
    case refused(rank: Int, errno: UInt32)
    /// The member's VM is gone, by the host's word.
    case lost(rank: Int)
    /// The member's agent has been silent for the lease, or did not end its process when it was asked
    /// to.
    case silent(rank: Int)
    /// The member's output is no longer readable.
    case corrupt(rank: Int, RingCorrupt)
    /// The job was cleared away: the agents took its launcher, which was silent for the lease, for
    /// dead.
    case withdrawn(rank: Int)
}

/// The launcher's side of one job: post, poll until over, finish. It waits for nothing itself, so
/// that the daemon can poll many jobs from one loop. A process that fails, a lost or silent member
/// stops the whole job, since the others would wait for it; where the request says that it survives a
/// loss, a lost member does not.
///
/// Can a rogue member break it? It can end its own group's job, with a wrong result. It cannot keep
/// the launcher for ever: once a job was asked to stop, each part is over within the grace, whatever
/// is written where.
public struct JobLaunch: Sendable {
    public let board: JobBoard
    public let ticket: JobTicket
    private var ranks: [Rank] = []
    private let lease: UInt64
    private let survivesLoss: Bool
    private var lastPoll: UInt64
    /// How long the job has been stopping, in time that was spent polling: an agent cannot bring its
    /// output to a launcher that is away.
    private var stopping: UInt64 = 0
    private var hasFailed = false
    /// When all processes were last asked to end by a signal of the user's.
    private var interrupted: UInt64?
    /// Whether the processes are one OpenMP program.
    public private(set) var isOpenMP = false
    /// One of its processes has ended, so that the others will end too: when they are to be stopped.
    private var patience: UInt64?

    private struct Rank: Sendable {
        let slot: Int
        let incarnation: UInt64
        var ring: OutputRing
        var isReadable = true
        var isBegun = false
        var isOver = false
        var heartbeat: UInt64 = 0
        var heartbeatSeen: UInt64 = 0
        /// How it ended, and the end of what it had to say by then: known before all of that is read.
        var ending: (event: LaunchEvent, published: UInt64)?
    }

    /// How many records one poll takes from one ring: a chatty member must not starve the others.
    private static var recordsPerPoll: Int { 64 }
    /// Bytes that one poll takes from all rings, a record each in any case: however fast a rogue moves
    /// the positions of its ring, a poll ends soon.
    public static var bytesPerPoll: Int { 1 << 20 }
    /// How long a process may go on once it was asked to stop. Agents kill it long before.
    private var grace: UInt64 { min(max(lease, 10_000_000_000), 60_000_000_000) }
    /// How long a process may take over the user's interrupt, nanoseconds, before another's end, which
    /// is most likely the same interrupt's, stops it.
    private static var courtesy: UInt64 { 2_000_000_000 }
    /// How long the processes of an OpenMP program that is told of a loss may take to say so and to end:
    /// it may be that its VMs have been slow all along.
    private static var farewell: UInt64 { 5_000_000_000 }
    /// How much of the time between two polls counts as polling.
    private static var longestPause: UInt64 { 100_000_000 }

    /// Posts the job. `now` is this side's monotonic clock, in nanoseconds.
    public init(_ request: JobRequest, on board: JobBoard, from launcher: JobLauncher, now: UInt64)
        throws(JobBoardError)
    {
        self.board = board
        let (nanoseconds, isTooLong) =
            launcher.leaseMilliseconds.multipliedReportingOverflow(by: 1_000_000)
        lease = isTooLong ? .max : nanoseconds
        lastPoll = now
        survivesLoss = request.survivesLoss
        ticket = try board.post(request, from: launcher)
        for (rank, member) in request.members.enumerated() {
            // The launcher wrote this index a moment ago; should a rogue have changed it, any ring
            // that exists will do: its owner and its content are checked.
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
    ///
    /// - Parameter takesOutput: `false` leaves what the processes wrote where it is, as long as who
    ///   listens to the launcher has not taken what there was; writers then wait.
    public mutating func poll(now: UInt64, takesOutput: Bool = true) -> [LaunchEvent] {
        var events: [LaunchEvent] = []
        let state = board.state(ticket)
        guard state != .free else {
            // The rings may be another job's by now.
            for rank in ranks.indices where !ranks[rank].isOver {
                end(rank, .withdrawn(rank: rank), &events)
            }
            return events
        }
        board.beat(ticket)
        if state != .posted {
            stopping += min(now > lastPoll ? now - lastPoll : 0, Self.longestPause)
        }
        lastPoll = now
        settle(now, &events)
        let drained = ranks.indices.map {
            ranks[$0].isOver || (takesOutput ? drain($0, &events) : hasBeenRead($0))
        }
        // In two rounds: the lost, and then, if there is none whose output is not all read, the others.
        for wantsLost in [true, false] {
            for rank in ranks.indices where !ranks[rank].isOver && drained[rank] {
                guard let (event, _) = ranks[rank].ending else { continue }
                if (event == .lost(rank: rank)) == wantsLost { end(rank, event, &events) }
            }
            if isLossPending { break }
        }
        return events
    }

    private var isLossPending: Bool {
        ranks.indices.contains {
            !ranks[$0].isOver && ranks[$0].ending?.event == .lost(rank: $0)
        }
    }

    private mutating func end(_ rank: Int, _ event: LaunchEvent, _ events: inout [LaunchEvent]) {
        ranks[rank].isOver = true
        events.append(event)
    }

    /// Finds out which parts have ended, and how far their output goes.
    private mutating func settle(_ now: UInt64, _ events: inout [LaunchEvent]) {
        // All parts first. What an ended process wrote is then in its ring already, and a loss that
        // made it fail is seen below.
        let parts = ranks.indices.map { board.part(ticket, rank: $0) }
        for rank in ranks.indices { begin(rank, parts[rank], &events) }
        for rank in ranks.indices where ranks[rank].ending == nil {
            guard let event = ending(of: rank, parts[rank], now) else { continue }
            ranks[rank].ending = (event, ranks[rank].ring.published)
            let isFine =
                event == .exited(rank: rank, status: 0)
                || survivesLoss && !isOpenMP && event == .lost(rank: rank)
            if isOpenMP {
                if !isFine || rank == 0 { openMPEnds(event, now) }
            } else if !isFine {
                hasFailed = true
            }
        }
        if let patience, now >= patience { stop() }
        if hasFailed, interrupted.map({ now > $0 && now - $0 >= Self.courtesy }) ?? true { stop() }
    }

    /// Whose thread got the signal that the OpenMP program died of: its process is rank 0, wherever the
    /// thread was.
    public func rank(endedBy signal: Int32) -> Int {
        let rank = board.region.openMPRank(
            endedBy: UInt32(clamping: signal), job: ticket.number)
        return ranks.indices.contains(rank) ? rank : 0
    }

    /// What ends one process of an OpenMP program ends all: its runtime sees to that, and says why. Of a
    /// lost process only we know by the host's word.
    private mutating func openMPEnds(_ event: LaunchEvent, _ now: UInt64) {
        var time = Self.courtesy
        switch event {
        case .lost(let rank), .silent(let rank):
            board.region.loseOpenMP(rank: rank, job: ticket.number)
            time = Self.farewell
        default: break
        }
        patience = patience ?? now &+ time
    }

    /// Learns what kind of program a rank runs, once it does.
    private mutating func begin(_ rank: Int, _ part: JobPart, _ events: inout [LaunchEvent]) {
        guard !ranks[rank].isBegun, part.state == .running || part.state == .exited else { return }
        ranks[rank].isBegun = true
        guard part.isOpenMP else { return }
        isOpenMP = true
        events.append(.beganOpenMP(rank: rank))
    }

    /// How the part has ended; `nil` while it goes on.
    private mutating func ending(of rank: Int, _ part: JobPart, _ now: UInt64) -> LaunchEvent? {
        let isSilent = isSilent(rank, now)
        switch part.state {
        case .exited: return .exited(rank: rank, status: part.status)
        case .refused: return .refused(rank: rank, errno: part.status)
        case .wanted, .running, .none:
            let (slot, incarnation) = (ranks[rank].slot, ranks[rank].incarnation)
            if !board.region.isAlive(slot: slot, incarnation: incarnation) {
                return .lost(rank: rank)
            }
            if part.state == .none { return .withdrawn(rank: rank) }
            return isSilent || stopping > grace ? .silent(rank: rank) : nil
        }
    }

    /// Takes what the ring holds, of an ended part only what it held by then. `false` where there is
    /// more than one poll's share.
    private mutating func drain(_ rank: Int, _ events: inout [LaunchEvent]) -> Bool {
        guard ranks[rank].isReadable else { return true }
        guard ranks[rank].ring.belongs(to: ticket.number) else {
            corrupt(rank, ranks[rank].ring.corruption, &events)
            return true
        }
        var share = max(1, Self.bytesPerPoll / ranks.count)
        for _ in 0..<Self.recordsPerPoll {
            if share <= 0 { return false }
            if let (_, end) = ranks[rank].ending, ranks[rank].ring.hasReached(end) { return true }
            do {
                guard let (stream, text) = try ranks[rank].ring.read() else { return true }
                share -= text.count + 8
                // It may have begun since its part was looked at.
                begin(rank, board.part(ticket, rank: rank), &events)
                events.append(.output(rank: rank, stream: stream, text: text))
            } catch {
                corrupt(rank, error, &events)
                return true
            }
        }
        return false
    }

    /// Whether there is no more to take of this rank's output.
    private func hasBeenRead(_ rank: Int) -> Bool {
        guard ranks[rank].isReadable else { return true }
        return ranks[rank].ending.map { ranks[rank].ring.hasReached($0.published) }
            ?? ranks[rank].ring.isEmpty
    }

    private mutating func corrupt(
        _ rank: Int, _ what: RingCorrupt, _ events: inout [LaunchEvent]
    ) {
        // A launcher that was stopped within a poll may find its job cleared away meanwhile, and its
        // rings another's: the next poll says so.
        guard board.state(ticket) != .free else { return }
        ranks[rank].isReadable = false
        events.append(.corrupt(rank: rank, what))
        stop()
    }

    private mutating func isSilent(_ rank: Int, _ now: UInt64) -> Bool {
        let heartbeat = board.region.presence(ranks[rank].slot).heartbeat
        if heartbeat != ranks[rank].heartbeat {
            ranks[rank].heartbeat = heartbeat
            ranks[rank].heartbeatSeen = now
        }
        let seen = ranks[rank].heartbeatSeen
        return now > seen && now - seen > lease
    }

    /// Asks the agents to end all processes: SIGTERM, then SIGKILL.
    public func stop() {
        board.stop(ticket)
        for rank in ranks { board.region.callAttention(slot: rank.slot) }
    }

    /// Passes a signal on to all processes. After one that asks them to end, each may do so in its own
    /// way: the first to end does not stop the others for two seconds.
    public mutating func send(signal: Int32) {
        if [Signal.hangUp, Signal.interrupt, Signal.quit, Signal.terminate].contains(signal) {
            interrupted = lastPoll
        }
        board.send(signal: signal, to: ticket)
    }

    /// Gives the job's slot back. Where a part still runs (a silent member) it stays until that part
    /// is over, and whoever looks at the board then frees it.
    public func finish() { _ = board.reap(ticket) }
}
