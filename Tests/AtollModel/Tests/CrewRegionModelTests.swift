// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// Regions of a crew: each member runs each region that it takes part in once, with what the region was begun
/// with; the join is over when all have come and no task is left; nobody is in a region that has ended.
struct CrewRegionModelTests {
    private typealias C = Crew<ModelWords>
    private typealias Pool = CrewPool<ModelWords>

    private static func word(_ at: Int) -> Range<Int> { at..<(at + 8) }
    private static func seatWord(_ seat: Int, _ field: Int) -> Range<Int> {
        word(C.seatsAt + seat * C.seatBytes + field)
    }
    /// What the region is begun with: in the runtime its function and data.
    private static let function = 8
    /// Whether a seat is left: the runtime's.
    private static let leaves = 696
    /// The worker's record, behind all others.
    private static func record(_ worker: Int) -> Int { ModelCrew.bytes + 256 * worker }

    /// Thread 0 forks regions of these sizes; the others are members, from the first on, and go at the end.
    ///
    /// - Parameter tasks: each member of the first region makes one.
    private static func model(sizes: [Int], tasks: Bool, _ bounds: Bounds) -> Model {
        let members = sizes.max() ?? 1
        return Model(bytes: ModelCrew.bytes, width: 48, bounds) { execution in
            let words = execution.words
            let runs = Box<[[UInt64]]>(Array(repeating: [], count: members))
            func body(_ me: ModelCrew, _ region: UInt64) {
                let seen = words.loadRelaxed(function)
                execution.expect(seen == region * 10, "T\(me.number) runs \(seen) in \(region)")
                runs.value[me.number].append(region)
                me.note(region)
                if tasks, region == 1 { me.makeTask(me.number, region) }
            }
            let count = tasks ? members : 0
            execution.thread { thread in
                let me = ModelCrew(execution, thread, of: members, number: 0)
                let run = {
                    me.runOne(count) { words.storeRelaxed(7, at: ModelCrew.data + 32 + 8 * $0) }
                }
                for (index, size) in sizes.enumerated() {
                    let region = UInt64(index + 1)
                    words.storeRelaxed(region * 10, at: function)
                    me.crew.begin(region, size)
                    body(me, region)
                    me.crew.join(region, of: size, me.waiter, run: run)
                    for other in 0..<size { me.expectNote(other, region, "after the join") }
                    if me.crew.hasTasks(region) {
                        me.crew.endTasks(
                            region, of: size, me.waiter, run: run,
                            arePending: { me.arePending(count) })
                        // As if the crew were another's now.
                        for task in 0..<count {
                            words.storeRelaxed(9, at: ModelCrew.tasks + 8 * task)
                        }
                    }
                    for task in 0..<(region == 1 ? count : 0) {
                        let seen = words.loadRelaxed(ModelCrew.data + 32 + 8 * task)
                        execution.expect(seen == 7, "the join is past task \(task)")
                    }
                }
                me.crew.begin(UInt64(sizes.count + 1), 0)
            }
            for index in 1..<members {
                execution.thread { thread in
                    let me = ModelCrew(execution, thread, of: members, number: index)
                    var seen: UInt64 = 0
                    var isIn = false
                    while true {
                        let word = me.crew.next(after: seen, isIn: isIn, me.waiter) {
                            me.crew.help(
                                me.seat, seen, me.waiter,
                                run: {
                                    me.runOne(count) {
                                        words.storeRelaxed(7, at: ModelCrew.data + 32 + 8 * $0)
                                    }
                                },
                                leave: {
                                    let state = words.loadRelaxed(ModelCrew.tasks)
                                    execution.expect(state != 9, "T\(index) is past the end")
                                })
                        }
                        seen = word >> 16
                        let size = Int(word & 0xffff)
                        if size == 0 { return }
                        isIn = index < size
                        guard isIn else { continue }
                        body(me, seen)
                        me.crew.join(me.seat, seen)
                    }
                }
            }
            execution.finally {
                for member in 0..<members {
                    let expected = sizes.indices.filter { sizes[$0] > member }.map {
                        UInt64($0 + 1)
                    }
                    execution.expect(
                        runs.value[member] == expected, "\(member) has run \(runs.value[member])")
                }
            }
        }
    }

    @Test func eachRunsEachRegionOnce() {
        Self.model(sizes: [2, 2], tasks: false, Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("two regions of 2")
        Self.model(sizes: [2, 1, 2], tasks: false, Bounds(preemptions: 2))
            .expectHolds("regions of 2, 1 and 2")
        Self.model(sizes: [3, 2], tasks: false, Bounds(preemptions: 1))
            .expectHolds("regions of 3 and 2")
    }

    @Test func theJoinEndsTheTasks() {
        Self.model(sizes: [2, 2], tasks: true, Bounds(preemptions: 2))
            .expectHolds("two regions of 2, one with tasks")
        Self.model(sizes: [3], tasks: true, Bounds(preemptions: 0))
            .expectHolds("a region of 3 with tasks")
    }

    @Test(arguments: [
        Mutation("a region is begun relaxed", .relaxedStore, words: word(C.wordAt)),
        Mutation("a region is looked for relaxed", .relaxedLoad, words: word(C.wordAt)),
        Mutation("a region is not begun", .lostStore, words: word(C.wordAt)),
        Mutation("joining is not said", .lostStore, words: seatWord(1, C.joinedAt)),
        Mutation("joining is said relaxed", .relaxedStore, words: seatWord(1, C.joinedAt)),
        Mutation("joining is looked for relaxed", .relaxedLoad, words: seatWord(1, C.joinedAt)),
        Mutation("nobody is waited for", .constantLoad(1), words: seatWord(1, C.joinedAt)),
    ])
    func isNoticed(_ mutation: Mutation) {
        Self.model(sizes: [2, 2], tasks: false, Bounds(preemptions: 2, staleLoads: 2))
            .expectFinds(mutation)
    }

    @Test(arguments: [
        Mutation("that there are tasks is not said", .lostStore, words: word(C.tasksAt)),
        Mutation("the end of the tasks is not said", .lostStore, words: word(C.drainedAt)),
        Mutation("leaving is not said", .lostStore, words: seatWord(1, C.leftAt)),
        Mutation("nobody is waited for to leave", .constantLoad(1), words: seatWord(1, C.leftAt)),
        Mutation(
            "a task is taken to have ended", .constantLoad(3), words: word(ModelCrew.tasks + 8)),
    ])
    func isNoticedOfTasks(_ mutation: Mutation) {
        Self.model(sizes: [2, 2], tasks: true, Bounds(preemptions: 2, staleLoads: 1))
            .expectFinds(mutation)
    }

    // MARK: Workers

    /// Two threads want the one worker there is, one of them twice; who gets it gives it a
    /// seat, and has it back before it gives the seat away.
    private static func workers(_ bounds: Bounds) -> Model {
        Model(bytes: record(1), width: 40, bounds) { execution in
            let words = execution.words
            let pool = Pool(words)
            let served = Box<[Int]>([])
            let wanted = Box(0)
            pool.release(record(0), to: .idle)
            for index in 0..<2 {
                execution.thread { thread in
                    let me = ModelCrew(execution, thread, of: 2)
                    var mine = 0
                    for _ in index..<2 {
                        guard pool.isIn(.idle, record(0)),
                            pool.claim(record(0), from: .idle, to: .taken)
                        else { continue }
                        wanted.value += 1
                        me.note(1)
                        words.storeRelaxed(1, at: me.seat + leaves)
                        pool.assign(record(0), me.seat)
                        var waiter = me.waiter()
                        while words.load(me.seat + leaves) != 0 { waiter.step() }
                        mine += 1
                        let times = served.value.count { $0 == index }
                        execution.expect(times == mine, "\(index): \(times) of \(mine)")
                        // The seat is nobody's; whoever wrote to it now would be in another's memory.
                        me.note(0)
                    }
                    // Nobody wants any more.
                    if words.add(1, at: ModelCrew.tasks) == 1 {
                        pool.assign(record(0), 1)
                    }
                }
            }
            execution.thread { thread in
                let me = ModelCrew(execution, thread, of: 2)
                while true {
                    let seat = pool.assigned(record(0), me.waiter)
                    if seat == 1 { return }
                    let number = (seat - C.seatsAt) / C.seatBytes
                    me.expectNote(number, 1, "that has claimed it")
                    served.value.append(number)
                    pool.release(record(0), to: .idle)
                    words.store(0, at: seat + leaves)
                }
            }
            execution.finally {
                execution.expect(
                    served.value.count == wanted.value, "\(wanted.value), served \(served.value)")
            }
        }
    }

    @Test func eachAssignmentIsServed() {
        Self.workers(Bounds(preemptions: 1, staleLoads: 1)).expectHolds("a worker for two")
    }

    @Test(arguments: [
        Mutation(
            "a worker is claimed without comparing", .blindExchange,
            words: word(record(0) + Pool.stateAt)),
        Mutation("claiming is no one step", .splitExchange, words: word(record(0) + Pool.stateAt)),
        Mutation(
            "an assignment is not stored", .lostStore, words: word(record(0) + Pool.assignmentAt)),
        Mutation(
            "an assignment is stored relaxed", .relaxedStore,
            words: word(record(0) + Pool.assignmentAt)),
        Mutation(
            "an assignment is looked for relaxed", .relaxedLoad,
            words: word(record(0) + Pool.assignmentAt)),
    ])
    func isNoticedOfWorkers(_ mutation: Mutation) {
        Self.workers(Bounds(preemptions: 2, staleLoads: 2)).expectFinds(mutation)
    }
}
