// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollSync
import Testing

/// ``Queue``: each element comes once, those of one producer in order, and the dead stop nobody.
struct QueueModelTests {
    private static let tail = 128..<136
    private static let head = 192..<200
    private static let cells = 256..<512

    /// Producer *p* pushes 10 p + 1, 10 p + 2, ...; consumers take what there is.
    private static func model(
        capacity: Int, producers: [Int], consumers: [Int], _ bounds: Bounds
    ) -> Model {
        Model(bytes: 512, bounds) { execution in
            let words = execution.words
            let live = execution.liveness
            let pushed = Box<[UInt64]>([])
            let popped = Box<[[UInt64]]>(consumers.map { _ in [] })
            let threads = producers.count + consumers.count
            for (index, count) in producers.enumerated() {
                execution.thread { thread in
                    var waiter = thread.waiter()
                    let queue = Queue(words, capacity: capacity)
                    for i in 1...count {
                        let value = UInt64(10 * index + i)
                        do {
                            try queue.push(value, as: thread.owner, &waiter, live)
                            pushed.value.append(value)
                        } catch {
                            return execution.expect(
                                execution.someDied(threads), "gave up for nothing")
                        }
                    }
                }
            }
            for (index, count) in consumers.enumerated() {
                execution.thread { thread in
                    var waiter = thread.waiter()
                    let queue = Queue(words, capacity: capacity)
                    for _ in 0..<count {
                        do { popped.value[index].append(try queue.pop(&waiter, live)) } catch {
                            return execution.expect(
                                execution.someDied(threads), "gave up for nothing")
                        }
                    }
                }
            }
            execution.finally {
                let queue = Queue(words, capacity: capacity)
                var rest: [UInt64] = []
                while let value = queue.tryPop(live) { rest.append(value) }
                let all = popped.value.flatMap { $0 } + rest
                execution.expect(Set(all).count == all.count, "twice: \(all)")
                // What a dead consumer took went with it; what a dead producer finished may come.
                let died = (0..<threads).count { execution.hasDied($0) }
                let missing = Set(pushed.value).subtracting(all)
                execution.expect(missing.count <= died, "\(missing) lost")
                let more = Set(all).subtracting(pushed.value)
                execution.expect(more.count <= died, "\(more) from nowhere")
                for each in popped.value + [rest] {
                    for p in producers.indices {
                        let mine = each.filter { $0 / 10 == p }
                        execution.expect(mine == mine.sorted(), "order \(mine)")
                    }
                }
                // It serves on, whoever died.
                for _ in 0..<(2 * capacity) {
                    execution.expect(
                        queue.tryPush(99, as: execution.owner(3), live)
                            && queue.tryPop(live) == 99, "no longer of use")
                }
            }
        }
    }

    @Test func eachComesOnce() {
        Self.model(
            capacity: 2, producers: [2, 1], consumers: [3], Bounds(preemptions: 2, staleLoads: 1)
        ).expectHolds("queue of 2 producers")
        Self.model(
            capacity: 1, producers: [2], consumers: [1, 1], Bounds(preemptions: 2, staleLoads: 1)
        ).expectHolds("queue of 2 consumers")
    }

    @Test func whoDiesStopsNobody() {
        Self.model(
            capacity: 2, producers: [1, 1], consumers: [2], Bounds(preemptions: 1, crashes: 1)
        ).expectHolds("queue with a death")
        Self.model(
            capacity: 1, producers: [1, 2], consumers: [2], Bounds(preemptions: 1, crashes: 1)
        ).expectHolds("queue of one with a death")
        Self.model(
            capacity: 2, producers: [2], consumers: [1, 1],
            Bounds(preemptions: 1, crashes: 1, staleLoads: 1)
        ).expectHolds("queue of 2 consumers with a death")
    }

    // No mutations, since they break nothing that is promised here: tail and head set back or moved by
    // two at once (they are hints, which the cells put right), and exchanges of cells that order
    // nothing (their release keeps the value's load before the exchange; a model's loads are in the
    // order of the program anyway).
    private static let mutations = [
        Mutation("claiming compares nothing", .blindExchange, words: cells),
        Mutation("claiming is no one step", .splitExchange, words: cells),
        Mutation("cells are stored relaxed", .relaxedStore, words: cells),
        Mutation("cells are loaded relaxed", .relaxedLoad, words: cells),
        Mutation("the tail does not move", .lostExchange, words: tail),
        Mutation("the head does not move", .lostExchange, words: head),
        Mutation("a dead claimant counts as living", .nobodyIsLost),
    ]

    @Test(arguments: mutations)
    func isNoticed(_ mutation: Mutation) {
        Self.model(
            capacity: 2, producers: [2, 1], consumers: [3],
            Bounds(preemptions: 2, crashes: 1, staleLoads: 1)
        ).expectFinds(mutation)
    }
}
