// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// The barrier of a crew, by lines and by counting: nobody passes early, all see what all wrote, it is not
/// over while a task is, and ends at once where the region is cancelled.
struct CrewBarrierModelTests {
    private typealias C = Crew<ModelWords>

    private static func word(_ at: Int) -> Range<Int> { at..<(at + 8) }
    private static func arrived(_ seat: Int) -> Range<Int> {
        word(C.seatsAt + seat * C.seatBytes + C.arrivedAt)
    }

    private static func meet(
        _ me: ModelCrew, _ barrier: UInt64, flat: Int, cancels: Bool = false, tasks: Int = 0,
        _ body: @escaping (Int) -> Void = { _ in }
    ) -> Bool {
        let isCut = me.crew.meet(
            me.seat, of: me.size, barrier, 1, cancels: cancels, flat: flat, me.waiter,
            run: { me.runOne(tasks, body) })
        if isCut { return true }
        if me.crew.hasTasks(1) {
            me.crew.drain(
                barrier, me.waiter, run: { me.runOne(tasks, body) },
                arePending: { me.arePending(tasks) })
        }
        return cancels && me.crew.isCancelled(1)
    }

    /// - Parameter flat: up to how many threads look at each other's lines.
    private static func model(threads: Int, rounds: UInt64, flat: Int, _ bounds: Bounds) -> Model {
        Model(bytes: ModelCrew.bytes, bounds) { execution in
            for _ in 0..<threads {
                execution.thread { thread in
                    let me = ModelCrew(execution, thread, of: threads)
                    for round in 1...rounds {
                        me.note(round)
                        _ = meet(me, round, flat: flat)
                        for other in 0..<threads {
                            let seen = execution.words.loadRelaxed(ModelCrew.data + 8 * other)
                            execution.expect(seen >= round, "\(seen) of \(other) in \(round)")
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: [8, 0])
    func allSeeWhatAllWrote(flat: Int) {
        Self.model(threads: 2, rounds: 2, flat: flat, Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("crew's barrier of 2, flat to \(flat)")
        Self.model(threads: 3, rounds: 1, flat: flat, Bounds(preemptions: 2))
            .expectHolds("crew's barrier of 3, flat to \(flat)")
    }

    @Test(arguments: [
        Mutation("coming is stored relaxed", .relaxedStore, words: arrived(0)),
        Mutation("coming is looked for relaxed", .relaxedLoad, words: arrived(1)),
        Mutation("coming is not said", .lostStore, words: arrived(1)),
        Mutation("nobody is waited for", .constantLoad(2), words: arrived(0)),
    ])
    func isNoticedOfLines(_ mutation: Mutation) {
        Self.model(threads: 2, rounds: 2, flat: 8, Bounds(preemptions: 3, staleLoads: 2))
            .expectFinds(mutation)
    }

    @Test(arguments: [
        Mutation("counting is no one step", .splitExchange, words: word(C.countAt)),
        Mutation("counting orders nothing", .relaxedExchange, words: word(C.countAt)),
        Mutation("the count is not cleared", .lostStore, words: word(C.countAt)),
        Mutation("nobody is let go", .lostStore, words: word(C.releaseAt)),
        Mutation("letting go is stored relaxed", .relaxedStore, words: word(C.releaseAt)),
        Mutation("letting go is looked for relaxed", .relaxedLoad, words: word(C.releaseAt)),
        Mutation("nobody waits", .constantLoad(2), words: word(C.releaseAt)),
    ])
    func isNoticedOfCounts(_ mutation: Mutation) {
        Self.model(threads: 2, rounds: 2, flat: 0, Bounds(preemptions: 3, staleLoads: 2))
            .expectFinds(mutation)
    }

    // MARK: With tasks

    /// Thread 0 makes a task before the barrier, which begets another; and one after it, before the next
    /// barrier, whose thread may be ahead of the others' look.
    private static func tasks(threads: Int, again: Bool, _ bounds: Bounds) -> Model {
        Model(bytes: ModelCrew.bytes, width: 40, bounds) { execution in
            for index in 0..<threads {
                execution.thread { thread in
                    let me = ModelCrew(execution, thread, of: threads)
                    let body = { (task: Int) in
                        if task == 0 { me.pushTask(1) }
                        // A task's own word of data, which all see behind the barrier.
                        execution.words.storeRelaxed(7, at: ModelCrew.data + 32 + 8 * task)
                    }
                    func expectTask(_ task: Int) {
                        let seen = execution.words.loadRelaxed(ModelCrew.data + 32 + 8 * task)
                        execution.expect(seen == 7, "T\(index) is past task \(task)")
                    }
                    if index == 0 { me.makeTask(0, 1) }
                    _ = meet(me, 1, flat: 8, tasks: 3, body)
                    expectTask(0)
                    expectTask(1)
                    guard again else { return }
                    if index == 0 { me.makeTask(2, 1) }
                    _ = meet(me, 2, flat: 8, tasks: 3, body)
                    expectTask(2)
                }
            }
        }
    }

    @Test func itIsNotOverWhileATaskIs() {
        Self.tasks(threads: 2, again: true, Bounds(preemptions: 2))
            .expectHolds("two barriers of 2 with tasks")
        Self.tasks(threads: 2, again: false, Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("a barrier of 2 with tasks")
        Self.tasks(threads: 3, again: false, Bounds(preemptions: 1))
            .expectHolds("a barrier of 3 with tasks")
    }

    @Test(arguments: [
        Mutation("that there are tasks is not said", .lostStore, words: word(C.tasksAt)),
        Mutation("there never are any", .constantLoad(0), words: word(C.tasksAt)),
        Mutation(
            "all tasks are taken to have ended", .constantLoad(2), words: word(C.drainedBarrierAt)),
        Mutation(
            "the end of the tasks is stored relaxed", .relaxedStore, words: word(C.drainedBarrierAt)
        ),
        Mutation(
            "the end of the tasks is looked for relaxed", .relaxedLoad,
            words: word(C.drainedBarrierAt)),
        Mutation(
            "who has come has ended its tasks", .constantLoad(3), words: word(ModelCrew.tasks + 8)),
    ])
    func isNoticedOfTasks(_ mutation: Mutation) {
        Self.tasks(threads: 2, again: true, Bounds(preemptions: 2, staleLoads: 1))
            .expectFinds(mutation)
    }

    // MARK: Cancellation

    /// Thread 0 cancels the region instead of coming; the others' barrier ends.
    private static func cancelled(threads: Int, _ bounds: Bounds) -> Model {
        Model(bytes: ModelCrew.bytes, bounds) { execution in
            for index in 0..<threads {
                execution.thread { thread in
                    let me = ModelCrew(execution, thread, of: threads)
                    if index == 0 { return me.crew.cancel(1) }
                    let isCut = meet(me, 1, flat: 8, cancels: true)
                    execution.expect(isCut, "T\(index) has passed")
                }
            }
        }
    }

    @Test func cancellingEndsIt() {
        Self.cancelled(threads: 2, Bounds(preemptions: 3, staleLoads: 1))
            .expectHolds("a cancelled barrier of 2")
        Self.cancelled(threads: 3, Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("a cancelled barrier of 3")
    }

    @Test(arguments: [
        Mutation("cancelling is not said", .lostStore, words: word(C.cancelledAt)),
        Mutation("cancelling is not looked for", .constantLoad(0), words: word(C.cancelledAt)),
        Mutation("all are taken to have come", .constantLoad(1), words: arrived(0)),
    ])
    func isNoticedOfCancelling(_ mutation: Mutation) {
        Self.cancelled(threads: 3, Bounds(preemptions: 2)).expectFinds(mutation)
    }
}
