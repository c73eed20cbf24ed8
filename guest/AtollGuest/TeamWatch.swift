// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// What can end a team's waits before their time.
struct TeamWatch: Sendable {
    let region: Region
    let board: JobBoard
    let ticket: JobTicket
    /// `nil` until the team has its control block.
    var block: TeamBlock?
    /// The members that take part, in order of rank.
    let members: [(slot: Int, incarnation: UInt64)]
    /// Their slots, as bits.
    let slots: UInt64
    /// The membership epoch at which all of them were alive.
    let epoch: UInt64

    /// - Throws: ``TeamError/noSuchJob(number:)`` where the board does not have the job, or not with
    ///   this process's member at its rank.
    init(_ region: Region, _ environment: TeamEnvironment) throws(TeamError) {
        self.region = region
        board = JobBoard(region)
        ticket = try Self.find(board, environment)
        // Before the members: a loss between the two is then seen as a change.
        epoch = region.epoch
        var members: [(slot: Int, incarnation: UInt64)] = []
        for rank in 0..<environment.vms {
            let part = board.part(ticket, rank: rank)
            members.append((part.slot, part.incarnation))
        }
        self.members = members
        slots = members.reduce(0) { $0 | 1 << UInt64($1.slot & 63) }
        try Self.check(members, environment)
        let lost = lostMembers
        if lost != 0 { throw .sync(.memberLost(slots: lost)) }
    }

    private static func find(_ board: JobBoard, _ environment: TeamEnvironment) throws(TeamError)
        -> JobTicket
    {
        guard environment.jobIndex < board.slots else { throw .noSuchJob(number: environment.job) }
        let (ticket, state) = board.look(environment.jobIndex)
        guard ticket.number == environment.job, state == .posted || state == .stopping,
            board.parts(ticket) == environment.vms
        else { throw .noSuchJob(number: environment.job) }
        return ticket
    }

    private static func check(
        _ members: [(slot: Int, incarnation: UInt64)], _ environment: TeamEnvironment
    ) throws(TeamError) {
        let mine = members[environment.rank]
        guard mine.slot == environment.slot, mine.incarnation == environment.incarnation else {
            throw .noSuchJob(number: environment.job)
        }
    }

    /// Slots of members that the host calls lost.
    var lostMembers: UInt64 {
        var slots: UInt64 = 0
        for member in members
        where !region.isAlive(slot: member.slot, incarnation: member.incarnation) {
            slots |= 1 << UInt64(member.slot & 63)
        }
        return slots
    }

    /// Slots of members whose process has ended, by their agents' word.
    var endedMembers: UInt64 {
        var slots: UInt64 = 0
        for rank in members.indices {
            let part = board.part(ticket, rank: rank)
            if part.state == .exited || part.state == .refused {
                slots |= 1 << UInt64(part.slot & 63)
            }
        }
        return slots
    }

    /// Looks at what is cheap to look at: three lines that hardly ever change.
    ///
    /// - Parameter known: members whose loss ends no wait.
    func check(_ known: UInt64 = 0) throws(SyncError) {
        if region.epoch != epoch {
            let lost = lostMembers & ~known
            if lost != 0 { throw .memberLost(slots: lost) }
        }
        if region.state != .ready { throw .draining }
        guard let block else { return }
        let failed = region.memory.load(word: block.failed)
        if failed != 0 { throw .peerFailed(rank: Int(truncatingIfNeeded: failed) - 1) }
    }
}
