// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``ChunkTable``: each chunk is done, once by the living, and whoever sees that it is done sees what
/// was written.
struct ChunkTableModelTests {
    private static let chunks = 2
    private static let data = 64

    private static func model(threads: Int, _ bounds: Bounds) -> Model {
        Model(bytes: 256, bounds) { execution in
            let words = execution.words
            // What an earlier loop has left.
            ChunkTable(words, at: 0, loop: 6).finish(0)
            let doers = Box<[[Int]]>(Array(repeating: [], count: chunks))
            for rank in 0..<threads {
                execution.thread { thread in
                    let table = ChunkTable(words, at: 0, loop: 7)
                    func work(_ chunk: Int) {
                        doers.value[chunk].append(rank)
                        words.storeRelaxed(7, at: data + chunk * 64)
                        table.finish(chunk)
                    }
                    for step in 0..<chunks {
                        let chunk = (rank + step) % chunks
                        if table.take(chunk, rank: rank) { work(chunk) }
                    }
                    var waiter = thread.waiter()
                    for chunk in 0..<chunks {
                        while true {
                            let state = table.state(of: chunk)
                            if state == .done { break }
                            if case .taken(let holder) = state, execution.hasDied(holder) {
                                if table.take(chunk, from: holder, rank: rank) { work(chunk) }
                                continue
                            }
                            // An error says that somebody has died: the next look finds who.
                            do throws(SyncError) { try waiter.wait() } catch {
                                if case .memberLost(let slots) = error {
                                    waiter.disregard(slots)
                                }
                            }
                        }
                        let value = words.loadRelaxed(data + chunk * 64)
                        execution.expect(value == 7, "chunk \(chunk) is said to be done")
                    }
                }
            }
            execution.finally {
                for (chunk, ranks) in doers.value.enumerated() {
                    let living = ranks.filter { !execution.hasDied($0) }
                    execution.expect(living.count <= 1, "chunk \(chunk) by \(ranks)")
                    let anybody = (0..<threads).contains { !execution.hasDied($0) }
                    execution.expect(!anybody || !ranks.isEmpty, "chunk \(chunk) by nobody")
                }
            }
        }
    }

    @Test func eachIsDone() {
        Self.model(threads: 2, Bounds(preemptions: 3, staleLoads: 2)).expectHolds("chunks of 2")
        Self.model(threads: 2, Bounds(preemptions: 2, crashes: 1, staleLoads: 1))
            .expectHolds("chunks of 2 with a death")
        Self.model(threads: 3, Bounds(preemptions: 1, crashes: 1, staleLoads: 1))
            .expectHolds("chunks of 3 with a death")
    }

    private static let table = 0..<16

    @Test(arguments: [
        Mutation("taking compares nothing", .blindExchange, words: table),
        Mutation("taking is no one step", .splitExchange, words: table),
        Mutation("done is stored relaxed", .relaxedStore, words: table),
        Mutation("done is loaded relaxed", .relaxedLoad, words: table),
        Mutation("done is not stored", .lostStore, words: table),
        Mutation("taking is not written", .lostExchange, words: table),
    ])
    func isNoticed(_ mutation: Mutation) {
        Self.model(threads: 2, Bounds(preemptions: 3, crashes: 1, staleLoads: 1))
            .expectFinds(mutation)
    }
}
