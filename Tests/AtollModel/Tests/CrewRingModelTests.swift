// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// A crew's ring of constructs: each iteration is taken once, a `single` is executed once, everybody gets
/// what its executor publishes, and no slot is used again while somebody is in its former construct.
struct CrewRingModelTests {
    private typealias Slot = CrewSlot<ModelWords>
    private static let slots: UInt64 = 4
    private static let ring = Crew<ModelWords>.ringAt

    private static func enter(_ me: ModelCrew, depth: UInt64 = Crew<ModelWords>.depth) -> UInt64 {
        me.crew.enter(
            me.seat, of: me.size, Crew<ModelWords>.constructAt, safe: ModelCrew.safe, slots: slots,
            depth: depth, 1, me.waiter)
    }

    private static func slot(_ me: ModelCrew, _ number: UInt64) -> Slot {
        Slot(me.words, ring: ring, number, slots: slots)
    }

    private static func range(_ number: UInt64, _ field: Int) -> Range<Int> {
        let at = ring + Int(number % slots) * 64 + field
        return at..<(at + 8)
    }

    // MARK: Constructs without a barrier, one after the other

    /// Each thread comes to so many `single` constructs, and to loops of two iterations that both are in
    /// while they come to a second construct.
    private static func model(
        threads: Int, singles: Int, loops: Int, depth: UInt64 = Crew<ModelWords>.depth,
        _ bounds: Bounds
    ) -> Model {
        Model(bytes: ModelCrew.bytes, width: 48, bounds) { execution in
            let executed = Box<[UInt64]>([])
            let taken = Box<[UInt64: [UInt64]]>([:])
            for _ in 0..<threads {
                execution.thread { thread in
                    let me = ModelCrew(execution, thread, of: threads)
                    for _ in 0..<loops {
                        let number = enter(me, depth: depth)
                        // What the loop has beside its count: its memory, say.
                        _ = enter(me, depth: depth)
                        var isFirst = true
                        while true {
                            let slot = slot(me, number)
                            let found = isFirst ? slot.takeFirst() : slot.take()
                            isFirst = false
                            if found >= 2 { break }
                            taken.value[number, default: []].append(found)
                        }
                    }
                    for _ in 0..<singles {
                        let number = enter(me, depth: depth)
                        if slot(me, number).isFirst() { executed.value.append(number) }
                    }
                }
            }
            execution.finally {
                let numbers = (0..<UInt64(singles)).map { $0 + 1 + 2 * UInt64(loops) }
                execution.expect(executed.value.sorted() == numbers, "executed: \(executed.value)")
                for loop in 0..<UInt64(loops) {
                    let found = taken.value[1 + 2 * loop] ?? []
                    execution.expect(found.sorted() == [0, 1], "\(found) of loop \(loop)")
                }
            }
        }
    }

    @Test func eachIsExecutedOnce() {
        Self.model(threads: 2, singles: 5, loops: 0, Bounds(preemptions: 2))
            .expectHolds("ring of 4, five singles of 2")
        Self.model(threads: 3, singles: 2, loops: 0, Bounds(preemptions: 1, staleLoads: 1))
            .expectHolds("two singles of 3")
        Self.model(threads: 2, singles: 4, loops: 1, Bounds(preemptions: 2))
            .expectHolds("ring of 4, a loop and four singles of 2")
    }

    @Test func whoReusesSeesWhatWasWritten() {
        Self.written(Bounds(preemptions: 1, staleLoads: 1)).expectHolds("a slot used again")
    }

    @Test func aLoopIsNotOverWhenItsMemoryIsEntered() {
        let report = Self.model(
            threads: 2, singles: 4, loops: 1, depth: 1, Bounds(preemptions: 2)
        ).explore()
        #expect(report.failure != nil, "a slot is free when its loop's second construct is entered")
    }

    @Test(arguments: [
        Mutation("the first is found without comparing", .blindExchange, words: range(1, 0)),
        Mutation("being the first is no one step", .splitExchange, words: range(1, 0)),
        Mutation("nobody comes first", .lostExchange, words: range(1, 0)),
    ])
    func isNoticed(_ mutation: Mutation) {
        Self.model(threads: 2, singles: 4, loops: 1, Bounds(preemptions: 2)).expectFinds(mutation)
    }

    @Test(arguments: [
        Mutation(
            "all have come far enough", .constantLoad(9),
            words: seatWord(0, Crew<ModelWords>.constructAt)),
        Mutation(
            "who has come where is not said", .lostStore,
            words: seatWord(0, Crew<ModelWords>.constructAt)),
        Mutation(
            "who has come where is said relaxed", .relaxedStore,
            words: seatWord(0, Crew<ModelWords>.constructAt)),
        Mutation(
            "who has come where is read relaxed", .relaxedLoad,
            words: seatWord(0, Crew<ModelWords>.constructAt)),
    ])
    func isNoticedOfReuse(_ mutation: Mutation) {
        Self.written(Bounds(preemptions: 2, staleLoads: 1)).expectFinds(mutation)
    }

    private static func seatWord(_ number: Int, _ field: Int) -> Range<Int> {
        let at = Crew<ModelWords>.seatsAt + number * Crew<ModelWords>.seatBytes + field
        return at..<(at + 8)
    }

    /// Whoever uses a slot again sees what those wrote that were in its former construct.
    private static func written(_ bounds: Bounds) -> Model {
        Model(bytes: ModelCrew.bytes, width: 48, bounds) { execution in
            execution.thread { thread in
                let me = ModelCrew(execution, thread, of: 2)
                _ = enter(me)
                me.note(1)
                for _ in 0..<Int(Crew<ModelWords>.depth) { _ = enter(me) }
            }
            execution.thread { thread in
                let me = ModelCrew(execution, thread, of: 2)
                for _ in 0..<slots { _ = enter(me) }
                _ = enter(me)
                me.expectNote(0, 1, "in the slot's next construct")
            }
        }
    }

    // MARK: Copyprivate and memory

    private static func copies(
        threads: Int, memory: Bool, uses: UInt64 = 2, _ bounds: Bounds
    ) -> Model {
        Model(bytes: ModelCrew.bytes, width: 48, bounds) { execution in
            let gave = Box<UInt64>(0)
            for _ in 0..<threads {
                execution.thread { thread in
                    let me = ModelCrew(execution, thread, of: threads)
                    for use in 1...uses {
                        // As a barrier after each would make sure: a use of the same slot.
                        let slot = slot(me, use)
                        let block = 100 * use + UInt64(thread.index)
                        let wins = memory ? slot.prepares() : slot.isFirst()
                        var found = block
                        if wins {
                            gave.value += 1
                            me.note(use)
                            memory ? slot.give(memory: block) : slot.publish(block)
                        } else {
                            found = memory ? slot.memory(me.waiter) : slot.published(me.waiter)
                        }
                        execution.expect(found / 100 == use, "\(found) in construct \(use)")
                        if !wins { me.expectNote(Int(found % 100), use, "as published") }
                        guard use < uses else { continue }
                        _ = me.crew.meet(
                            me.seat, of: threads, use, 1, cancels: false, me.waiter, run: { false })
                    }
                }
            }
            execution.finally { execution.expect(gave.value == uses, "\(gave.value) have given") }
        }
    }

    @Test(arguments: [false, true])
    func everybodyGetsIt(memory: Bool) {
        Self.copies(threads: 2, memory: memory, Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("published to 2, memory \(memory)")
        Self.copies(threads: 3, memory: memory, uses: 1, Bounds(preemptions: 1))
            .expectHolds("published to 3, memory \(memory)")
    }

    @Test(arguments: [
        Mutation(
            "a value is published relaxed", .relaxedStore, words: range(1, Slot.copyConstructAt)),
        Mutation("it is looked for relaxed", .relaxedLoad, words: range(1, Slot.copyConstructAt)),
        Mutation("it is not waited for", .constantLoad(1), words: range(1, Slot.copyConstructAt)),
        Mutation("that it is there is not said", .lostStore, words: range(1, Slot.copyConstructAt)),
        Mutation("it is not written", .lostStore, words: range(1, Slot.copyAt)),
    ])
    func isNoticedOfCopies(_ mutation: Mutation) {
        Self.copies(threads: 2, memory: false, Bounds(preemptions: 2, staleLoads: 2))
            .expectFinds(mutation)
    }

    @Test(arguments: [
        Mutation("memory is given relaxed", .relaxedStore, words: range(1, Slot.stateAt)),
        Mutation("memory is looked for relaxed", .relaxedLoad, words: range(1, Slot.stateAt)),
        Mutation("memory is not waited for", .constantLoad(3), words: range(1, Slot.stateAt)),
        Mutation("preparing compares nothing", .blindExchange, words: range(1, Slot.stateAt)),
        Mutation("preparing is no one step", .splitExchange, words: range(1, Slot.stateAt)),
        Mutation("memory is not written", .lostStore, words: range(1, Slot.memoryAt)),
    ])
    func isNoticedOfMemory(_ mutation: Mutation) {
        Self.copies(threads: 2, memory: true, Bounds(preemptions: 2, staleLoads: 2))
            .expectFinds(mutation)
    }

    // MARK: Guided

    private static func guided(_ bounds: Bounds) -> Model {
        Model(bytes: ModelCrew.bytes, bounds) { execution in
            let taken = Box<[UInt64]>([])
            // A count that the slot's former use has left.
            execution.words.storeRelaxed(1 << 48 | 3, at: ring + 64)
            for _ in 0..<2 {
                execution.thread { thread in
                    let slot = slot(ModelCrew(execution, thread, of: 2), 5)
                    while let (low, count) = slot.takeShare(of: 2, least: 1, end: 5) {
                        taken.value += low..<(low + count)
                    }
                }
            }
            execution.finally {
                execution.expect(taken.value.sorted() == [0, 1, 2, 3, 4], "\(taken.value)")
            }
        }
    }

    @Test func sharesAreTakenOnce() {
        Self.guided(Bounds(preemptions: 3, staleLoads: 1)).expectHolds("a guided loop of 2")
    }

    @Test(arguments: [
        Mutation("a share is taken without comparing", .blindExchange, words: range(1, 0)),
        Mutation("taking a share is no one step", .splitExchange, words: range(1, 0)),
        Mutation("a share is not marked as taken", .lostExchange, words: range(1, 0)),
    ])
    func isNoticedOfShares(_ mutation: Mutation) {
        Self.guided(Bounds(preemptions: 3, staleLoads: 1)).expectFinds(mutation)
    }
}
