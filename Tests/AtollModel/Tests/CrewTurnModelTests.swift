// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// The turns of ordered loops: iterations have them one after the other, each sees what those before wrote, and
/// what a slot's former use has left is nobody's turn.
struct CrewTurnModelTests {
    private typealias Slot = CrewSlot<ModelWords>
    private static let ring = Crew<ModelWords>.ringAt

    /// Loop 2 and, behind a barrier, loop 3 use the same slot, where loop 1 has left iteration 1's turn.
    /// Chunks of one iteration, thread by thread.
    private static func model(
        threads: Int, iterations: UInt64, loops: UInt64, _ bounds: Bounds
    ) -> Model {
        Model(bytes: ModelCrew.bytes, width: 40, bounds) { execution in
            let order = Box<[UInt64]>([])
            execution.words.storeRelaxed(1, at: ring + Slot.turnAt)
            execution.words.storeRelaxed(1, at: ring + Slot.turnConstructAt)
            for index in 0..<threads {
                execution.thread { thread in
                    let me = ModelCrew(execution, thread, of: threads)
                    for loop in 1...loops {
                        let slot = Slot(me.words, ring: ring, loop + 1, slots: 1)
                        var iteration = UInt64(index)
                        while iteration < iterations {
                            if iteration != 0, !slot.isTurn(iteration) {
                                var waiter = me.waiter()
                                repeat { waiter.step() } while !slot.isTurn(iteration)
                            }
                            let all = (loop - 1) * iterations + iteration
                            let seen = me.words.loadRelaxed(ModelCrew.data)
                            execution.expect(seen == all, "\(seen) before \(all)")
                            me.words.storeRelaxed(all + 1, at: ModelCrew.data)
                            order.value.append(all)
                            slot.endTurn(iteration + 1)
                            iteration += UInt64(threads)
                        }
                        guard loop < loops else { continue }
                        _ = me.crew.meet(
                            me.seat, of: threads, loop, 1, cancels: false, me.waiter,
                            run: { false })
                    }
                }
            }
            execution.finally {
                let all = (0..<(loops * iterations)).map { $0 }
                execution.expect(order.value == all, "\(order.value)")
            }
        }
    }

    @Test func theyComeOneAfterTheOther() {
        Self.model(threads: 2, iterations: 2, loops: 2, Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("two ordered loops of 2")
        Self.model(threads: 3, iterations: 4, loops: 1, Bounds(preemptions: 2))
            .expectHolds("an ordered loop of 3")
    }

    private static let turn = (ring + Slot.turnAt)..<(ring + Slot.turnAt + 8)
    private static let construct = (ring + Slot.turnConstructAt)..<(ring + Slot.turnConstructAt + 8)

    @Test(arguments: [
        Mutation("a turn is ended relaxed", .relaxedStore, words: turn),
        Mutation("a turn is looked for relaxed", .relaxedLoad, words: turn),
        Mutation("a turn is not ended", .lostStore, words: turn),
        Mutation("it is always one's turn", .constantLoad(1), words: turn),
        Mutation("whose turn it is is not said", .lostStore, words: construct),
        Mutation("a turn is any construct's", .constantLoad(2), words: construct),
    ])
    func isNoticed(_ mutation: Mutation) {
        Self.model(threads: 2, iterations: 3, loops: 2, Bounds(preemptions: 2, staleLoads: 2))
            .expectFinds(mutation)
    }
}
