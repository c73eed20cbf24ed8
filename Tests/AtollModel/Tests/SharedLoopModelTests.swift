// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``SharedLoop``: a descriptor that is used again gives each ticket once, and whoever enters it sees
/// what was written before others left it.
struct SharedLoopModelTests {
    private static let number = 0..<8
    private static let left = 64..<72
    private static let lane = 192..<200
    private static let notes = SharedLoop<ModelWords>.bytes

    /// Constructs 0, 8, ..., which use the same descriptor. Each thread takes one ticket of each, or all
    /// that there are, and leaves a note.
    private static func model(threads: Int, uses: Int, _ bounds: Bounds) -> Model {
        Model(bytes: notes + 256, width: 40, bounds) { execution in
            let words = execution.words
            let taken = Box<[UInt64: [UInt64]]>([:])
            for index in 0..<threads {
                execution.thread { thread in
                    var waiter = thread.waiter()
                    for use in 0..<uses {
                        let construct = UInt64(use) * SharedLoop<ModelWords>.ring
                        let loop = SharedLoop(words, ring: 0, number: construct)
                        do throws(SyncError) { try loop.enter(construct, &waiter) } catch {
                            return execution.expect(false, "\(error)")
                        }
                        for other in 0..<threads {
                            let note = words.loadRelaxed(notes + other * 64)
                            execution.expect(note >= UInt64(use), "\(note) in use \(use)")
                        }
                        taken.value[construct, default: []].append(loop.take(0))
                        words.storeRelaxed(UInt64(use + 1), at: notes + index * 64)
                        loop.leave(construct, of: threads)
                    }
                }
            }
            execution.finally {
                for (construct, tickets) in taken.value {
                    execution.expect(
                        tickets.sorted() == (0..<UInt64(threads)).map { $0 },
                        "\(tickets) of \(construct)")
                }
                let next = words.loadRelaxed(0)
                let expected = UInt64(uses) * SharedLoop<ModelWords>.ring
                execution.expect(next == expected, "ready for \(next)")
            }
        }
    }

    @Test func aDescriptorIsUsedAgain() {
        Self.model(threads: 2, uses: 2, Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("loop of 2")
        Self.model(threads: 3, uses: 2, Bounds(preemptions: 1))
            .expectHolds("loop of 3")
    }

    @Test(arguments: [
        Mutation("taking is no one step", .splitExchange, words: lane),
        Mutation("leaving is no one step", .splitExchange, words: left),
        Mutation("leaving orders nothing", .relaxedExchange, words: left),
        Mutation("a lane is not cleared", .lostStore, words: lane),
        Mutation("who has left is not cleared", .lostStore, words: left),
        Mutation("the number is stored relaxed", .relaxedStore, words: number),
        Mutation("the number is loaded relaxed", .relaxedLoad, words: number),
        Mutation("the number is not stored", .lostStore, words: number),
        Mutation("everybody may enter", .constantLoad(8), words: number),
    ])
    func isNoticed(_ mutation: Mutation) {
        Self.model(threads: 2, uses: 2, Bounds(preemptions: 3, staleLoads: 2))
            .expectFinds(mutation)
    }
}
