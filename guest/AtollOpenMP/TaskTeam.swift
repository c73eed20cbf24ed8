// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// What a team has for its tasks once it has had any: counts, and a deque for each seat. Kept with the
/// team for its next regions.
///
///     line 0     seats, capacity of a deque, where the deques are
///     line 1     the queue for all: lock, first bucket, tasks in it, tasks of higher priority
///     line 2..   TaskTally: a line for each seat, one for strangers; in a seat's, from word 2 on, where
///                its deque stood when the running task began, and whom it last stole from
///     then       the deques
///
/// Words of the team's: line 4: the block; line 5: the lock of those who make it.
struct TaskTeam: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    static var queueLine: Int { 64 }
    private static var seatLines: Int { 128 }
    private static var blockField: Int { TeamRecord.tasksLine }
    private static var lockField: Int { TeamRecord.tasksLine + 64 }

    /// The team's, which may be none.
    @inline(__always)
    static func of(_ team: TeamRecord) -> TaskTeam { team.record(blockField) }

    @inline(__always) var seats: Int { integer(0) }
    @inline(__always) var capacity: Int { integer(8) }

    @inline(__always) var tally: TaskTally<ImageWords> {
        TaskTally(Tasks.words, at: offset &+ Self.seatLines, threads: seats)
    }

    @inline(__always) func deque(_ seat: Int) -> StealingDeque<ImageWords> {
        let at = integer(16) &+ seat &* integer(24)
        // SAFETY: the image stays mapped at this address; see ImageRecord.words.
        let words = unsafe ImageWords(
            at: ImageWords.base &+ UInt(bitPattern: at), count: .max)
        return StealingDeque(words, capacity: capacity)
    }

    @inline(__always) func seatLine(_ seat: Int) -> Int { Self.seatLines &+ seat &* 64 }
    @inline(__always) func mark(_ seat: Int) -> UInt64 { get(seatLine(seat) &+ 16) }
    @inline(__always) func setMark(_ seat: Int, _ mark: UInt64) { set(seatLine(seat) &+ 16, mark) }
    @inline(__always) func victim(_ seat: Int) -> Int { integer(seatLine(seat) &+ 24) }
    @inline(__always) func setVictim(_ seat: Int, _ victim: Int) {
        set(seatLine(seat) &+ 24, victim)
    }

    // MARK: Making

    /// The block of a team that is about to have a deferred task; tells the team of it.
    @inline(__always)
    static func ready(_ thread: ThreadRecord) -> TaskTeam {
        let team = thread.team
        let block = of(team)
        if !block.isNone, team.hasTasks(thread.seat.generation) { return block }
        return make(team, thread)
    }

    @inline(never)
    private static func make(_ team: TeamRecord, _ thread: ThreadRecord) -> TaskTeam {
        let lock = ImageLock(team, lockField)
        lock.acquire(thread)
        var block = of(team)
        if block.isNone {
            // For all that will ever sit in the team: it stays where it is.
            block = create(seats: team.capacity)
            team.store(blockField, UInt64(block.offset))
        }
        team.noteTasks(thread.seat.generation)
        lock.release()
        return block
    }

    private static func create(seats: Int) -> TaskTeam {
        // A single maker fills it for all; what has no room is run at once.
        var capacity = 128
        while capacity < 16 * seats, capacity < 4096 { capacity *= 2 }
        let stride = StealingDeque<ImageWords>.bytes(capacity: capacity)
        let deques = seatLines + TaskTally<ImageWords>.bytes(threads: seats)
        let bytes = deques + seats * stride
        let block = TaskTeam(TaskBlocks.allocate(bytes, alignment: 64, zeros: true))
        block.set(0, seats)
        block.set(8, capacity)
        block.set(16, block.offset + deques)
        block.set(24, stride)
        return block
    }

    /// The team's record is about to be used for something else.
    static func drop(_ team: TeamRecord) {
        let block = of(team)
        guard !block.isNone else { return }
        TaskQueue(block.offset + queueLine).drop()
        TaskBlocks.free(block.offset)
        team.set(blockField, 0)
    }
}
