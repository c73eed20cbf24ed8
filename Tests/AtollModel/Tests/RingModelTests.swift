// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollSync
import Testing

/// ``Ring`` of two elements, through which three go: it fills, and wraps.
struct RingModelTests {
    private static let pushed = 128..<136
    private static let popped = 192..<200

    private static func model(_ bounds: Bounds) -> Model {
        Model(bytes: 512, bounds) { execution in
            let words = execution.words
            let got = Box<[UInt64]>([])
            let count = 3
            execution.thread { thread in
                var waiter = thread.waiter()
                let ring = Ring(words, capacity: 2)
                for i in 1...count {
                    do { try ring.push(UInt64(i), &waiter) } catch {
                        return execution.expect(execution.hasDied(1), "gave up for nothing")
                    }
                }
            }
            execution.thread { thread in
                var waiter = thread.waiter()
                let ring = Ring(words, capacity: 2)
                for i in 1...count {
                    do {
                        let value = try ring.pop(&waiter)
                        execution.expect(value == UInt64(i), "\(value) came in place of \(i)")
                        got.value.append(value)
                    } catch { return execution.expect(execution.hasDied(0), "gave up for nothing") }
                }
            }
            execution.finally {
                let ring = Ring(words, capacity: 2)
                var rest: [UInt64] = []
                while let value = ring.tryPop() { rest.append(value) }
                let all = got.value + rest
                let whole = !execution.someDied(2)
                execution.expect(!whole || all.count == count, "\(all) of \(count) came")
                // One that the consumer died with may come again.
                for (before, after) in zip(all, all.dropFirst()) {
                    execution.expect(
                        after == before + 1 || !whole && after == before + 2, "order \(all)")
                }
            }
        }
    }

    @Test func allComeInOrder() {
        Self.model(Bounds(preemptions: 3, staleLoads: 2)).expectHolds("ring")
        Self.model(Bounds(preemptions: 2, crashes: 1, staleLoads: 1))
            .expectHolds("ring with a death")
    }

    private static let mutations = [
        Mutation("pushing is stored relaxed", .relaxedStore, words: pushed),
        Mutation("pushing is not stored", .lostStore, words: pushed),
        Mutation("what was pushed is loaded relaxed", .relaxedLoad, words: pushed),
        Mutation("what was popped is not loaded", .constantLoad(99), words: popped),
        Mutation("popping is not stored", .lostStore, words: popped),
        Mutation("cells are not written", .lostStore, words: 256..<272),
    ]

    @Test(arguments: mutations)
    func isNoticed(_ mutation: Mutation) {
        Self.model(Bounds(preemptions: 3, staleLoads: 2)).expectFinds(mutation)
    }
}
