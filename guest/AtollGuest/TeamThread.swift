// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
public import AtollSync
internal import AtollSystem

/// One thread of a team. It belongs to the thread that runs it: it cannot be copied.
public struct TeamThread: ~Copyable {
    public let team: Team
    /// Which thread of the team this is: 0 to ``size`` - 1, VM by VM.
    public let rank: Int
    /// Which thread of its VM.
    public let threadInVM: Int
    let owner: Owner
    private var seat: BarrierSeat

    /// Made in the thread that it stands for.
    init(_ team: Team, _ index: Int) {
        self.team = team
        threadInVM = index
        rank = team.vmRank * team.threadsPerVM + index
        owner = team.liveness.owner
        // No round can complete without this thread, so that the count stands still here.
        seat = BarrierSeat(round: team.region.memory.load(word: team.block.release))
    }

    public var size: Int { team.size }
    public var vmRank: Int { team.vmRank }
    public var vms: Int { team.vms }
    public var threadsPerVM: Int { team.threadsPerVM }

    /// Waits until all threads of the team have come. What each wrote before, all see after.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where they cannot all come.
    public mutating func barrier() throws(TeamError) { try barrier {} }

    private mutating func barrier(last: () -> Void) throws(TeamError) {
        let memory = team.region.memory
        let barrier = Barrier(
            arrival: memory.word(at: team.block.arrival),
            release: memory.word(at: team.block.release), size: team.size)
        var waiter = TeamWaiter(team.region, team.watch, for: .everybody)
        do { try barrier.wait(&seat, &waiter, last: last) } catch { throw .sync(error) }
    }

    /// Reduces one value of each thread to one that all get; a barrier, too. The values are taken in
    /// order of rank, so that floating point gives the same bits each time.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where the threads cannot all come.
    public mutating func allReduce<T: Reducible>(_ value: T, _ reduction: Reduction)
        throws(TeamError) -> T
    {
        let memory = team.region.memory
        let block = team.block
        let size = team.size
        memory.store(value.bits, word: block.contribution(rank))
        try barrier {
            let all = reduction.fold(T.self, count: size) {
                memory.load(word: block.contribution($0))
            }
            memory.store(all, word: block.result)
        }
        return T(bits: memory.load(word: block.result))
    }

    /// This thread's share of a range: contiguous, in order of rank, sizes differing by one at most.
    public func share(of range: Range<Int>) -> Range<Int> {
        let (least, more) = range.count.quotientAndRemainder(dividingBy: size)
        let start = range.lowerBound + rank * least + min(rank, more)
        return start..<(start + least + (rank < more ? 1 : 0))
    }

    /// Calls `body` with this thread's share of the range, if it has one, then waits for all.
    ///
    /// - Throws: what `body` throws, and ``TeamError/sync(_:)``.
    public mutating func parallelFor(
        _ range: Range<Int>, _ body: (Range<Int>) throws(TeamError) -> Void
    ) throws(TeamError) {
        let mine = share(of: range)
        if !mine.isEmpty { try body(mine) }
        try barrier()
    }
}
