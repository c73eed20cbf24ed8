// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem
internal import CAtollOpenMP

/// The barrier of a team (OpenMP 5.1, section 2.19.2): the `barrier` construct, and what ends work-sharing
/// constructs.
///
/// In a small team every thread says in its own line which barrier it has come to and looks at all
/// others' lines: one hop from core to core, no read-modify-write, and nobody whom the others need once he
/// has arrived. In a larger one they count, and the last to come tells the rest.
enum Barrier {
    static var flat: Int { 8 }

    /// - Parameter cancels: ends early where the region is cancelled.
    /// - Returns: whether it has been.
    @inline(__always)
    @discardableResult
    static func wait(_ thread: ThreadRecord, cancels: Bool = false) -> Bool {
        let team = thread.team
        let seat = thread.seat
        let size = thread.size
        let generation = seat.generation
        let barrier = seat.barriers &+ 1
        seat.barriers = barrier
        if size <= flat {
            seat.store(Seat.arrivedField, barrier)
            var other = 0
            while other < size {
                let word = team.seat(other)
                if !hasCome(word.load(Seat.arrivedField), to: barrier) {
                    if pass(thread, team, word, Seat.arrivedField, barrier, generation, cancels) {
                        return true
                    }
                }
                other &+= 1
            }
        } else if team.words.add(1, at: TeamRecord.barrierCountLine) &+ 1 == UInt64(size) {
            team.store(TeamRecord.barrierCountLine, 0)
            team.store(TeamRecord.barrierReleaseLine, barrier)
        } else if pass(
            thread, team, team, TeamRecord.barrierReleaseLine, barrier, generation, cancels)
        {
            return true
        }
        seat.safeConstruct = seat.get(Seat.constructField)
        seat.safeStealing = seat.get(Seat.stealingField)
        if team.hasTasks(generation) { drain(thread, team, barrier) }
        return cancels && team.isCancelled(generation)
    }

    @inline(__always)
    private static func hasCome(_ count: UInt64, to barrier: UInt64) -> Bool {
        Int64(bitPattern: count &- barrier) >= 0
    }

    /// Waits for a word, running tasks. True: the region was cancelled meanwhile.
    @inline(__always)
    private static func pass(
        _ thread: ThreadRecord, _ team: TeamRecord, _ record: some ImageRecord, _ field: Int,
        _ barrier: UInt64, _ generation: UInt64, _ cancels: Bool
    ) -> Bool {
        var waiter = ImageWaiter(thread, .barrier)
        repeat {
            if cancels, team.isCancelled(generation) { return true }
            if !team.hasTasks(generation) || !Tasks.runOne(thread) { waiter.step() }
        } while !hasCome(record.load(field), to: barrier)
        waiter.end()
        return false
    }

    /// All have come: ends the tasks of before. The first to find none left says so, since others may
    /// make new ones before this thread has looked.
    @inline(never)
    private static func drain(_ thread: ThreadRecord, _ team: TeamRecord, _ barrier: UInt64) {
        var waiter = ImageWaiter(thread, .barrier)
        while !hasCome(team.load(TeamRecord.drainedBarrier), to: barrier) {
            if !Tasks.arePending(team) {
                team.store(TeamRecord.drainedBarrier, barrier)
                break
            }
            if !Tasks.runOne(thread) { waiter.step() }
        }
        waiter.end()
    }
}

@c
public func GOMP_barrier() { Barrier.pass(ThreadRecord.current, .explicit) }
