// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// The barrier of a team (OpenMP 5.1, section 2.19.2): the `barrier` construct, and what ends work-sharing
/// constructs. How its threads meet says ``Crew``.
enum Barrier {
    /// - Parameter cancels: ends early where the region is cancelled.
    /// - Returns: whether it has been.
    @inline(__always)
    @discardableResult
    static func wait(_ thread: ThreadRecord, cancels: Bool = false) -> Bool {
        let team = thread.team
        let seat = thread.seat
        let generation = seat.generation
        let barrier = seat.barriers &+ 1
        seat.barriers = barrier
        let isCut = team.crew.meet(
            seat.offset, of: thread.size, barrier, generation, cancels: cancels,
            { ImageWaiter(thread, .barrier) }, run: { Tasks.runOne(thread) })
        Bell.rouse()
        if isCut { return true }
        seat.safeConstruct = seat.get(Seat.constructField)
        seat.safeStealing = seat.get(Seat.stealingField)
        if team.hasTasks(generation) { drain(thread, team, barrier) }
        return cancels && team.isCancelled(generation)
    }

    @inline(never)
    private static func drain(_ thread: ThreadRecord, _ team: TeamRecord, _ barrier: UInt64) {
        team.crew.drain(
            barrier, { ImageWaiter(thread, .barrier) }, run: { Tasks.runOne(thread) },
            arePending: { Tasks.arePending(team) })
        Bell.rouse()
    }
}

@c
public func GOMP_barrier() { Barrier.pass(ThreadRecord.current, .explicit) }
