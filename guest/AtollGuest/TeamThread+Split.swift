// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import AtollSystem

extension TeamThread {
    /// Splits the team: threads of the same colour become a team of their own for as long as `body`
    /// runs, with ranks in the order of this team's, and with barriers, loops, reductions and tasks of
    /// their own. Returns when all parts have come to their ends. A construct, and a barrier.
    ///
    ///     try me.split(me.vmRank) { (mine) throws(TeamError) in      // a team for each VM
    ///         try mine.parallelFor(rows) { ... }
    ///     }
    ///
    /// Within `body` this team's thread is not at hand; named objects are those of the whole job.
    ///
    /// - Parameter colour: any number; `nil`: takes no part, and waits for the others.
    /// - Throws: what `body` throws; ``TeamError/noRoom(bytes:)``, a part takes some 40 KiB of the
    ///   region; ``TeamError/sync(_:)``.
    public mutating func split(
        _ colour: Int?, _ body: (inout TeamThread) throws(TeamError) -> Void
    ) throws(TeamError) {
        let number = try enterConstruct()
        let ranks = try ranks(of: colour)
        guard let colour else { return try leaveConstruct(number, wait: true) }
        let name = partName(number, colour)
        try runPart(name, ranks, body)
        // All have left the parts by now.
        try leaveConstruct(number, wait: true)
        if ranks.first == rank { try team.removePart(name) }
    }

    /// Which ranks have the same colour, in rising order.
    private mutating func ranks(of colour: Int?) throws(TeamError) -> [Int] {
        let place = place
        let mine = Colour(takesPart: colour != nil, number: colour ?? 0)
        place.value(Colour.self, at: place.block.contribution(rank))[0] = mine
        try barrier()
        var same: [Int] = []
        for other in ranks.all {
            let theirs = place.value(Colour.self, at: place.block.contribution(other))[0]
            if theirs.takesPart && theirs.number == mine.number { same.append(other) }
        }
        // Nobody writes its contribution anew before all have read it.
        try barrier()
        return colour == nil ? [] : same
    }

    private mutating func runPart(
        _ name: [UInt8], _ ranks: [Int], _ body: (inout TeamThread) throws(TeamError) -> Void
    ) throws(TeamError) {
        var members: [(slot: Int, threads: Int)] = []
        var (vm, inVM) = (0, 0)
        for member in place.block.members(place.memory) {
            let threads = ranks.filter { member.ranks.contains($0) }
            if threads.isEmpty { continue }
            if let index = threads.firstIndex(of: rank) { (vm, inVM) = (members.count, index) }
            members.append((member.slot, threads.count))
        }
        let block = try team.part(name, of: place.block, members)
        var part = TeamThread(
            team, block, rank: ranks.firstIndex(of: rank) ?? 0, vmRank: vm, threadInVM: inVM,
            threadsPerVM: members[vm].threads)
        try body(&part)
        try part.barrier()
    }

    /// Runs `body` in so many new threads of this VM, as a team of their own whose first thread is this
    /// one, and returns when all have come to its end. No construct: each thread may do so by itself.
    ///
    /// An error in one of them ends the whole team. Thread 0 holds the locks that this thread holds.
    ///
    /// - Throws: what `body` throws; ``TeamError/threads(_:)``; ``TeamError/noRoom(bytes:)``;
    ///   ``TeamError/sync(_:)``.
    public func nested(
        threads: Int, _ body: @escaping @Sendable (inout TeamThread) throws(TeamError) -> Void
    ) throws(TeamError) {
        guard threads > 0, threads <= TeamLayout.largestTeam else {
            throw .teamTooLarge(threads: threads, largest: TeamLayout.largestTeam)
        }
        // Not the name of a split: no construct has such a number.
        let name = partName(UInt64.max - UInt64(rank), threads)
        let slot = team.environment.slot
        let block = try team.part(name, of: place.block, [(slot, threads)])
        let (team, outer) = (team, rank)
        let failures: [TeamError?]
        do {
            failures = try ThreadGroup.run(threads) { index -> TeamError? in
                if index > 0 { team.unpin() }
                var thread = TeamThread(
                    team, block, rank: index, vmRank: 0, threadInVM: index, threadsPerVM: threads)
                do throws(TeamError) {
                    try body(&thread)
                    try thread.barrier()
                    return nil
                } catch {
                    team.tellOthers(error, rank: outer)
                    return error
                }
            }
        } catch { throw .threads(error) }
        let causes = failures.compactMap { $0 }
        if let failure = causes.first(where: { !$0.isEcho }) ?? causes.first { throw failure }
        try team.removePart(name)
    }

    /// `<this team>.<number>.<colour>`, unlike any other that exists at the same time.
    private func partName(_ number: UInt64, _ colour: Int) -> [UInt8] {
        var text = Text()
        text.add(place.block.offset)
        text.add(".")
        text.add(number)
        text.add(".")
        text.add(UInt64(bitPattern: Int64(colour)))
        return text.bytes
    }
}

/// What a thread says of itself when a team is split.
private struct Colour: BitwiseCopyable {
    var takesPart: Bool
    var number: Int
}
