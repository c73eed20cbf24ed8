// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``CrewShares``: each chunk is taken once, by its thread or by who steals it, also where the word was another
/// loop's before; the last one goes to one thread.
struct CrewSharesModelTests {
    private typealias Shares = CrewShares<ModelWords>
    private typealias C = Crew<ModelWords>

    private static func share(_ seat: Int) -> Range<Int> {
        let at = C.seatsAt + seat * C.seatBytes + C.stealAt + 8
        return at..<(at + 8)
    }
    private static let last = (C.lastChunkAt + 8)..<(C.lastChunkAt + 16)

    /// Loops 1, 9, ..., which use the same words.
    private static func model(
        threads: Int, chunks: UInt64, loops: Int, _ bounds: Bounds
    ) -> Model {
        Model(bytes: ModelCrew.bytes, width: 40, bounds) { execution in
            let taken = Box<[[UInt64]]>(Array(repeating: [], count: loops))
            for index in 0..<threads {
                execution.thread { thread in
                    let me = ModelCrew(execution, thread, of: threads)
                    for use in 0..<loops {
                        let loop = 1 + UInt64(use) * Shares.slots
                        let shares = Shares(
                            execution.words, crew: 0, loop, thread: index, of: threads,
                            chunks: chunks)
                        var chunk = shares.takeFirst() ?? shares.steal()
                        while let found = chunk {
                            taken.value[use].append(found)
                            chunk =
                                Shares.take(execution.words, seat: me.seat, loop) ?? shares.steal()
                        }
                        if shares.takesLast() { taken.value[use].append(chunks) }
                        if use + 1 < loops {
                            _ = me.crew.meet(
                                me.seat, of: threads, UInt64(use + 1), 1, cancels: false, me.waiter,
                                run: { false })
                        }
                    }
                }
            }
            execution.finally {
                for use in 0..<loops {
                    execution.expect(
                        taken.value[use].sorted() == (0...chunks).map { $0 },
                        "loop \(use): \(taken.value[use])")
                }
            }
        }
    }

    @Test func eachChunkIsTakenOnce() {
        Self.model(threads: 2, chunks: 4, loops: 1, Bounds(preemptions: 3, staleLoads: 1))
            .expectHolds("four chunks of 2")
        Self.model(threads: 2, chunks: 1, loops: 2, Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("a chunk of 2, twice")
        Self.model(threads: 3, chunks: 3, loops: 1, Bounds(preemptions: 2))
            .expectHolds("three chunks of 3")
    }

    @Test(arguments: [
        Mutation("taking one is no one step", .splitExchange, words: share(0)),
        Mutation("stealing compares nothing", .blindExchange, words: share(0)),
        Mutation("what is stolen is left there", .lostExchange, words: share(1)),
        Mutation("what is stolen is not kept", .lostStore, words: share(0)),
        Mutation("the last one is taken without comparing", .blindExchange, words: last),
        Mutation("taking the last is no one step", .splitExchange, words: last),
        Mutation("nobody takes the last", .constantLoad(1), words: last),
    ])
    func isNoticed(_ mutation: Mutation) {
        Self.model(threads: 2, chunks: 6, loops: 1, Bounds(preemptions: 3, staleLoads: 1))
            .expectFinds(mutation)
    }
}
