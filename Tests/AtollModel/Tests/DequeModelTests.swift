// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollSync
import Testing

/// ``StealingDeque``: each element is had once, by its owner or by a thief.
struct DequeModelTests {
    private static let top = 128..<136
    private static let bottom = 192..<200

    /// The owner pushes and pops as told (positive: push that value; 0: pop); thieves try so often.
    private static func model(_ acts: [UInt64], thieves: [Int], _ bounds: Bounds) -> Model {
        Model(bytes: 512, bounds) { execution in
            let words = execution.words
            let pushed = Box<[UInt64]>([])
            let had = Box<[UInt64]>([])
            execution.thread { _ in
                let deque = StealingDeque(words, capacity: 2)
                for act in acts {
                    if act > 0 {
                        // Noted before: who steals it may be quicker than the note.
                        pushed.value.append(act)
                        if !deque.push(act) { pushed.value.removeLast() }
                    } else if let value = deque.pop() {
                        had.value.append(value)
                    }
                }
            }
            for tries in thieves {
                execution.thread { _ in
                    let deque = StealingDeque(words, capacity: 2)
                    for _ in 0..<tries {
                        if case .value(let value) = deque.steal() { had.value.append(value) }
                    }
                }
            }
            execution.finally {
                let deque = StealingDeque(words, capacity: 2)
                var all = had.value
                while case .value(let value) = deque.steal() { all.append(value) }
                execution.expect(Set(all).count == all.count, "twice: \(all)")
                let died = (0...thieves.count).count { execution.hasDied($0) }
                let missing = Set(pushed.value).subtracting(all)
                execution.expect(missing.count <= died, "\(missing) lost")
                execution.expect(
                    Set(all).isSubset(of: pushed.value), "\(all) of \(pushed.value)")
                execution.expect(deque.count == 0, "\(deque.count) left in an empty deque")
            }
        }
    }

    @Test func eachIsHadOnce() {
        Self.model([1, 2, 0, 0], thieves: [2], Bounds(preemptions: 3, staleLoads: 2))
            .expectHolds("deque, 1 thief")
        Self.model([1, 2, 0, 3, 0], thieves: [2, 1], Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("deque, 2 thieves")
        Self.model([1, 2, 3, 4, 0], thieves: [2], Bounds(preemptions: 3, staleLoads: 1))
            .expectHolds("deque, overflowing")
    }

    @Test func whoDiesTakesOneAtMost() {
        Self.model(
            [1, 2, 0, 0], thieves: [2, 2], Bounds(preemptions: 2, crashes: 1, staleLoads: 1)
        ).expectHolds("deque with a death")
    }

    // No mutation: raising the top without an order. Its release keeps the value's load before it; a
    // model's loads are in the order of the program anyway.
    private static let mutations = [
        Mutation("neither sees the other", .noSequence),
        Mutation("the owner's bottom is no sequence", .noSequence, words: bottom),
        Mutation("the thief's top is no sequence", .noSequence, words: top),
        Mutation("raising the top compares nothing", .blindExchange, words: top),
        Mutation("raising the top is no one step", .splitExchange, words: top),
        Mutation("bottom is stored relaxed", .relaxedStore, words: bottom),
        Mutation("bottom is loaded relaxed", .relaxedLoad, words: bottom),
        Mutation("bottom is not stored", .lostStore, words: bottom),
    ]

    @Test(arguments: mutations)
    func isNoticed(_ mutation: Mutation) {
        Self.model([1, 2, 0, 3, 4, 0, 0], thieves: [3], Bounds(preemptions: 4, staleLoads: 3))
            .expectFinds(mutation)
    }
}
