// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``Barrier``, arrival in word 0 and release in word 64; each thread's data in a word of its own.
struct BarrierModelTests {
    private static let arrival = 0..<64
    private static let release = 64..<128

    private static func model(
        threads: Int, rounds: Int, _ bounds: Bounds
    ) -> Model {
        Model(bytes: 512, bounds) { execution in
            let words = execution.words
            for index in 0..<threads {
                execution.thread { thread in
                    var seat = BarrierSeat()
                    var waiter = thread.waiter()
                    let barrier = Barrier(
                        arrival: words.word(at: 0), release: words.word(at: 64), size: threads)
                    for round in 1...rounds {
                        words.storeRelaxed(UInt64(round), at: 128 + 64 * index)
                        do { try barrier.wait(&seat, &waiter) } catch {
                            execution.expect(
                                (0..<threads).contains { execution.hasDied($0) },
                                "\(error) though nobody died")
                            return
                        }
                        for other in 0..<threads {
                            // One who is a round ahead may have written again.
                            let seen = words.loadRelaxed(128 + 64 * other)
                            execution.expect(
                                seen >= UInt64(round), "a write before round \(round) is not seen")
                        }
                    }
                }
            }
        }
    }

    @Test func allSeeWhatAllWrote() {
        Self.model(threads: 2, rounds: 2, Bounds(preemptions: 3, staleLoads: 2))
            .expectHolds("barrier of 2")
        Self.model(threads: 3, rounds: 1, Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("barrier of 3")
    }

    @Test func whoDiesKeepsNobody() {
        Self.model(threads: 2, rounds: 2, Bounds(preemptions: 2, crashes: 1, staleLoads: 1))
            .expectHolds("barrier of 2 with a death")
        Self.model(threads: 3, rounds: 1, Bounds(preemptions: 1, crashes: 1, staleLoads: 1))
            .expectHolds("barrier of 3 with a death")
    }

    private static let mutations = [
        Mutation("arrival orders nothing", .relaxedExchange, words: arrival),
        Mutation("arrival is no one step", .splitExchange, words: arrival),
        Mutation("the next round is not opened", .lostStore, words: arrival),
        Mutation("release is not stored", .lostStore, words: release),
        Mutation("release is stored relaxed", .relaxedStore, words: release),
        Mutation("release is loaded relaxed", .relaxedLoad, words: release),
        Mutation("release is not waited for", .constantLoad(77), words: release),
    ]

    @Test(arguments: mutations)
    func isNoticed(_ mutation: Mutation) {
        Self.model(threads: 2, rounds: 2, Bounds(preemptions: 3, staleLoads: 2))
            .expectFinds(mutation)
    }
}
