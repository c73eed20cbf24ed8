// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``WordLock`` and ``NestLock``: one holder at a time, who sees what the one before wrote; nobody waits
/// for a lock that is free.
struct WordLockModelTests {
    private static let lock = 0..<8
    private static let data = 64

    /// - Parameter nests: each holds it twice.
    private static func model(threads: Int, nests: Bool, _ bounds: Bounds) -> Model {
        Model(bytes: 128, bounds) { execution in
            let words = execution.words
            for index in 0..<threads {
                execution.thread { thread in
                    var waiter = ModelCrewWaiter(execution, thread)
                    let owner = UInt64(index + 5)
                    let (lock, nest) = (WordLock(words.word(at: 0)), NestLock(words.word(at: 0)))
                    if nests {
                        if nest.tries(owner) == 0 { nest.wait(owner, &waiter) }
                        execution.expect(nest.tries(owner) == 2, "it is not held twice")
                        nest.release()
                    } else if !lock.takes() {
                        lock.wait(&waiter)
                    }
                    let seen = words.loadRelaxed(data)
                    words.storeRelaxed(seen + 1, at: data)
                    if nests { nest.release() } else { lock.release() }
                }
            }
            execution.finally {
                let (held, seen) = (words.loadRelaxed(0), words.loadRelaxed(data))
                execution.expect(held == 0, "it is held")
                execution.expect(seen == UInt64(threads), "\(seen) of \(threads)")
            }
        }
    }

    @Test(arguments: [false, true])
    func oneHolderAtATime(nests: Bool) {
        Self.model(threads: 2, nests: nests, Bounds(preemptions: 3, staleLoads: 1))
            .expectHolds("a word's lock of 2, nests: \(nests)")
        Self.model(threads: 3, nests: nests, Bounds(preemptions: 2))
            .expectHolds("a word's lock of 3, nests: \(nests)")
    }

    @Test(
        arguments: [false, true],
        [
            Mutation("it is taken without comparing", .blindExchange, words: lock),
            Mutation("taking is no one step", .splitExchange, words: lock),
            Mutation("taking orders nothing", .relaxedExchange, words: lock),
            Mutation("it is released relaxed", .relaxedStore, words: lock),
            Mutation("it is not released", .lostStore, words: lock),
        ])
    func isNoticed(nests: Bool, _ mutation: Mutation) {
        Self.model(threads: 2, nests: nests, Bounds(preemptions: 3, staleLoads: 2))
            .expectFinds(mutation)
    }
}
