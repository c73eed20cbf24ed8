// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import AtollSystem

/// One thread of a team. It belongs to the thread that runs it: it cannot be copied.
///
/// Loops, reductions, barriers, ``single(_:)`` and the like are *constructs*: all threads of the team
/// call the same ones in the same order, with the same ranges and schedules.
public struct TeamThread: ~Copyable {
    public let team: Team
    /// Which thread of the team this is: 0 to ``size`` - 1, VM by VM.
    public let rank: Int
    /// Threads of the team, over all VMs; lost ones too, see ``presentSize``.
    public let size: Int
    /// Which of the team's VMs this thread's is.
    public let vmRank: Int
    /// VMs of the team.
    public let vms: Int
    /// Which thread of its VM.
    public let threadInVM: Int
    /// How many threads of the team this VM has.
    public let threadsPerVM: Int
    let owner: Owner
    let place: TeamPlace
    let block: TeamBlock
    let seatPlace: BarrierPlace
    let mapped: MappedWords
    var seat: BarrierSeat
    var spin: SpinBudget
    /// Used for one wait after the other: making one anew would count references.
    private var barrierWaiter: TeamWaiter
    /// The number of the next construct that is shared out by a descriptor.
    var nextConstruct: UInt64
    /// Which of those threads this is that the team goes on with.
    public internal(set) var presentRank: Int
    /// How many threads the team goes on with: all, until a restartable loop has lost a member.
    public internal(set) var presentSize: Int

    var ranks: TeamRanks
    /// Locks of critical regions that this thread has looked up.
    var criticals: [(name: [UInt8], lock: TeamLock)] = []
    /// Where tasks lie, by capacity, and those that run now.
    var taskAreas: [(capacity: Int, offset: Int)] = []
    var work: TaskWork?
    /// Whether this thread does a chunk of a restartable loop.
    var isRestartable = false
    /// Seats at heaps that this thread has taken.
    var heapSeats: [(heap: TeamHeap, seat: HeapSeat)] = []

    /// Made in the thread that it stands for: a thread of the whole team.
    init(_ team: Team, _ index: Int) {
        let threads = team.threadsPerVM
        self.init(
            team, team.block, rank: team.vmRank * threads + index, vmRank: team.vmRank,
            threadInVM: index, threadsPerVM: threads)
    }

    /// A thread of the team that has this block.
    init(
        _ team: Team, _ block: TeamBlock, rank: Int, vmRank: Int, threadInVM: Int,
        threadsPerVM: Int
    ) {
        self.team = team
        self.rank = rank
        size = block.layout.size
        self.vmRank = vmRank
        vms = block.layout.vms
        self.threadInVM = threadInVM
        self.threadsPerVM = threadsPerVM
        owner = team.liveness.owner
        place = TeamPlace(team, block, rank: rank)
        self.block = block
        barrierWaiter = TeamWaiter(
            place, for: .everybody, on: block.offset, kind: UInt64(ObjectKind.team.rawValue),
            pauses: 0)
        spin = SpinBudget(place.limits)
        let memory = place.memory
        mapped = MappedWords(memory)
        // No construct can complete without this thread, so that their number stands still here.
        seatPlace = BarrierPlace(
            vm: vmRank, first: rank - threadInVM, threads: threadsPerVM, rank: rank)
        seat = block.barrier(
            memory.words(at: block.barrier, count: block.layout.barrierBytes), seatPlace
        ).takeSeat()
        nextConstruct = block.nextConstruct(memory)
        presentRank = rank
        presentSize = size
        ranks = TeamRanks(size: size)
        TeamThreadLine.setOwner(owner.word, memory, at: place.line)
        if seat.lostSlots != 0 { countPresent() }
    }

    deinit {
        leaveHeaps()
        let place = place
        let words = place.memory.words(
            at: place.block.barrier, count: place.block.layout.barrierBytes)
        place.block.barrier(words, seatPlace).leaveSeat(seat)
        TeamThreadLine.setOwner(0, place.memory, at: place.line)
    }

    /// Waits until all threads of the team have come. What each wrote before, all see after.
    ///
    /// - Throws: ``TeamError/sync(_:)`` where they cannot all come.
    public mutating func barrier() throws(TeamError) {
        try meet { (barrier, seat, waiter) throws(SyncError) in try barrier.wait(&seat, &waiter) }
    }

    /// A barrier at which one thread does something before the others go.
    @inline(__always)
    mutating func barrier(last: () -> Void) throws(TeamError) {
        try meet { (barrier, seat, waiter) throws(SyncError) in
            try barrier.wait(&seat, &waiter, last: last)
        }
    }

    /// Something at the team's barrier.
    @inline(__always)
    mutating func meet<R>(
        _ body: (
            borrowing Barrier<SharedWords>, inout BarrierSeat, inout TeamWaiter
        ) throws(SyncError) -> R
    ) throws(TeamError) -> R {
        barrierWaiter.begin(pauses: spin.pauses)
        do {
            let result = try Self.meet(
                mapped, block, seatPlace, &seat, &barrierWaiter, body)
            barrierWaiter.end()
            barrierWaiter.teach(&spin)
            return result
        } catch {
            barrierWaiter.end()
            place.rouse()
            throw .sync(error)
        }
    }

    @inline(__always)
    private static func meet<R>(
        _ mapped: borrowing MappedWords, _ block: TeamBlock, _ place: BarrierPlace,
        _ seat: inout BarrierSeat, _ waiter: inout TeamWaiter,
        _ body: (
            borrowing Barrier<SharedWords>, inout BarrierSeat, inout TeamWaiter
        ) throws(SyncError) -> R
    ) throws(SyncError) -> R {
        let words = mapped.words(at: block.barrier, count: block.layout.barrierBytes)
        return try body(block.barrier(words, place), &seat, &waiter)
    }

    /// How this thread waits.
    @inline(__always)
    func waiter(
        for purpose: TeamWaiter.Purpose, on object: Int, _ kind: ObjectKind,
        timeout: UInt64 = .max
    ) -> TeamWaiter {
        TeamWaiter(
            place, for: purpose, on: object, kind: UInt64(kind.rawValue), pauses: spin.pauses,
            timeout: timeout)
    }

    /// After each wait.
    @inline(__always)
    mutating func finish(_ waiter: TeamWaiter) {
        waiter.end()
        waiter.teach(&spin)
    }

    /// This thread's share of a range: contiguous, in order of rank, sizes differing by one at most.
    public func share(of range: Range<Int>) -> Range<Int> {
        let span = LoopSpan(range)
        let (lower, upper) = span.part(UInt64(presentRank), of: UInt64(presentSize))
        return span.range(lower, upper)
    }
}
