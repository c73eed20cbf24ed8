// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// One use of a slot of the team's ring: what the threads of a team share about a work-sharing construct
/// that they come to. The slot is a line of 64 bytes:
///
///     0   a count of 48 bits, below 16 bits that say of which use of the slot it is
///     8   ordered: the iteration whose turn it is    16   of which construct that is
///     24  copyprivate: the executor's data           32   of which construct that is
///     40  2n: somebody prepares memory for construct n, 2n + 1: it is there
///     48  that memory (an address)
///
/// Counts of another use read as 0, so that nobody need clear them. A slot is used again when all threads
/// have come to a later construct; only a thread that is 64 constructs ahead of its last barrier
/// must look for that.
struct Construct: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    static var mask: UInt64 { (1 << 48) - 1 }
    static var turnField: Int { 8 }
    static var turnConstruct: Int { 16 }
    static var copyField: Int { 24 }
    static var copyConstruct: Int { 32 }
    static var memoryState: Int { 40 }
    static var memoryField: Int { 48 }

    @inline(__always)
    static func tag(_ number: UInt64) -> UInt64 { (number >> 6 &+ 1) << 48 }

    @inline(__always)
    static func slot(_ team: TeamRecord, _ number: UInt64) -> Construct {
        Construct(
            team.offset &+ TeamRecord.ringLine &+ Int(truncatingIfNeeded: number & 63) << 6)
    }

    /// The thread comes to its next construct: its number.
    @inline(__always)
    static func enter(_ thread: ThreadRecord) -> UInt64 {
        let seat = thread.seat
        let number = seat.get(Seat.constructField) &+ 1
        seat.store(Seat.constructField, number)
        if number &- seat.safeConstruct >= UInt64(TeamRecord.ringSlots) {
            wait(thread, seat, Seat.constructField, number, UInt64(TeamRecord.ringSlots))
            seat.safeConstruct = number &- UInt64(TeamRecord.ringSlots) &+ 1
        }
        return number
    }

    /// Until every thread of the team has come so far that the slot of `number` is free.
    @inline(never)
    static func wait(
        _ thread: ThreadRecord, _ seat: Seat, _ field: Int, _ number: UInt64, _ slots: UInt64
    ) {
        let team = thread.team
        let generation = seat.generation
        var waiter = ImageWaiter(thread, .loop)
        var other = 0
        while other < thread.size {
            let theirs = team.seat(other)
            // Those that have cancelled the region come to no more constructs.
            while !isPast(theirs.load(field), number &- slots), !team.isCancelled(generation) {
                waiter.step()
            }
            other &+= 1
        }
        waiter.end()
    }

    @inline(__always)
    private static func isPast(_ count: UInt64, _ number: UInt64) -> Bool {
        Int64(bitPattern: count &- number) > 0
    }

    /// Adds 1 to the count of this use; gives what was there.
    @inline(__always)
    func take() -> UInt64 { words.add(1, at: 0) & Self.mask }

    /// The same for a thread that has not done so before: the first of the team begins the count.
    @inline(never)
    func takeFirst(_ tag: UInt64) -> UInt64 {
        var word = get(0)
        while word & ~Self.mask != tag {
            let found = words.compareExchange(word, tag | 1, at: 0)
            if found == word { return 0 }
            word = found
        }
        return take()
    }

    /// Whether the caller is the first of its team here.
    @inline(__always)
    func isFirst(_ tag: UInt64) -> Bool {
        let word = get(0)
        return word & ~Self.mask != tag && words.compareExchange(word, tag | 1, at: 0) == word
    }

    /// Memory that the threads of the construct share, zeroed by the first to come; an address, 0: none is
    /// left. It goes when the slot is used so again. `prepare` is called with it, by that first.
    func memory(
        _ thread: ThreadRecord, _ number: UInt64, _ bytes: UInt64, prepare: (UInt64) -> Void
    ) -> UInt64 {
        if isPreparing(number) {
            let old = get(Self.memoryField)
            if old != 0 { CoreHeap.free(old) }
            let block = CoreHeap.zeroed(bytes)
            if block != 0 { prepare(block) }
            set(Self.memoryField, block)
            store(Self.memoryState, number &* 2 &+ 1)
            return block
        }
        if load(Self.memoryState) != number &* 2 &+ 1 {
            var waiter = ImageWaiter(thread, .loop)
            repeat { waiter.step() } while load(Self.memoryState) != number &* 2 &+ 1
            waiter.end()
        }
        return get(Self.memoryField)
    }

    private func isPreparing(_ number: UInt64) -> Bool {
        var word = load(Self.memoryState)
        while word >> 1 != number {
            let found = words.compareExchange(word, number &* 2, at: Self.memoryState)
            if found == word { return true }
            word = found
        }
        return false
    }
}
