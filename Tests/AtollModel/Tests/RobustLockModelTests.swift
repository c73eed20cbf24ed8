// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``RobustLock`` in word 0; the data that it protects are words 64 and 128, which must be equal
/// whenever nobody has the lock, unless a holder died.
struct RobustLockModelTests {
    private static let lock = 0..<64

    private static func model(threads: Int, _ bounds: Bounds, repairs: Bool = true) -> Model {
        Model(bytes: 256, bounds) { execution in
            let words = execution.words
            let dead = execution.liveness
            let increments = Box(0)
            for _ in 0..<threads {
                execution.thread { thread in
                    let lock = RobustLock(words.word(at: 0))
                    var waiter = thread.waiter()
                    do throws(SyncError) {
                        if try lock.lock(as: thread.owner, &waiter, dead) == .ownerDied {
                            execution.expect(execution.someDied(threads), "taken from the living")
                            if repairs {
                                words.storeRelaxed(words.loadRelaxed(64), at: 128)
                                try lock.consistent(as: thread.owner)
                            }
                        } else {
                            execution.expect(
                                words.loadRelaxed(64) == words.loadRelaxed(128), "torn data")
                        }
                        let value = words.loadRelaxed(64)
                        words.storeRelaxed(value + 1, at: 64)
                        words.storeRelaxed(value + 1, at: 128)
                        try lock.unlock(as: thread.owner)
                        increments.value += 1
                    } catch {
                        execution.expect(
                            !repairs && error == .poisoned || execution.someDied(threads),
                            "\(error) though nobody died")
                    }
                }
            }
            execution.finally {
                // A dead thread's increment may count or not.
                let died = (0..<threads).count { execution.hasDied($0) }
                let sum = Int(words.load(64))
                execution.expect(
                    sum >= increments.value && sum <= increments.value + died,
                    "\(increments.value) increments give \(sum)")
                execution.expect(died > 0 || words.load(0) == 0, "the lock is still held")
                execution.expect(died > 0 || sum == threads, "a thread did not come in")
                let after = try? RobustLock(words.word(at: 0)).tryLock(as: execution.owner(3), dead)
                execution.expect(!repairs || after != nil, "the dead keep the lock")
            }
        }
    }

    @Test func oneAtATime() {
        Self.model(threads: 2, Bounds(preemptions: 3, staleLoads: 2)).expectHolds("lock of 2")
        Self.model(threads: 3, Bounds(preemptions: 2, staleLoads: 1)).expectHolds("lock of 3")
    }

    @Test func whoDiesKeepsNobody() {
        Self.model(threads: 2, Bounds(preemptions: 2, crashes: 1, staleLoads: 1))
            .expectHolds("lock of 2 with a death")
        Self.model(threads: 3, Bounds(preemptions: 1, crashes: 2, staleLoads: 1))
            .expectHolds("lock of 3 with two deaths")
        Self.model(threads: 3, Bounds(preemptions: 1, crashes: 1), repairs: false)
            .expectHolds("lock that nobody repairs")
    }

    private static let mutations = [
        Mutation("taking compares nothing", .blindExchange, words: lock),
        Mutation("taking is no one step", .splitExchange, words: lock),
        Mutation("taking writes nothing", .lostExchange, words: lock),
        Mutation("taking orders nothing", .relaxedExchange, words: lock),
        Mutation("giving back is not stored", .lostStore, words: lock),
        Mutation("giving back is stored relaxed", .relaxedStore, words: lock),
        Mutation("a living holder counts as lost", .everybodyIsLost),
        Mutation("a dead holder counts as living", .nobodyIsLost),
    ]

    @Test(arguments: mutations)
    func isNoticed(_ mutation: Mutation) {
        Self.model(threads: 3, Bounds(preemptions: 2, crashes: 1, staleLoads: 1))
            .expectFinds(mutation)
    }
}

extension Execution {
    func someDied(_ threads: Int) -> Bool { (0..<threads).contains { hasDied($0) } }
}
