// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``ReadWriteLock`` at word 0 with two places; the data that it protects are two words behind it, equal
/// whenever nobody writes, unless a writer died.
struct ReadWriteLockModelTests {
    private static let data = ReadWriteLock<ModelWords>.bytes(places: 2)
    private static let writer = 0..<8
    private static let places = SyncLayout.bytes..<data

    private static func model(readers: Int, writers: Int, _ bounds: Bounds) -> Model {
        Model(bytes: data + 128, bounds) { execution in
            let words = execution.words
            let dead = execution.liveness
            let threads = readers + writers
            for index in 0..<threads {
                execution.thread { thread in
                    let lock = ReadWriteLock(words, at: 0, places: 2)
                    let me = thread.owner
                    var waiter = thread.waiter()
                    let check = {
                        execution.expect(
                            words.loadRelaxed(data) == words.loadRelaxed(data + 64), "torn data")
                    }
                    let repair = { () throws(SyncError) in
                        execution.expect(execution.someDied(threads), "taken from the living")
                        words.storeRelaxed(words.loadRelaxed(data), at: data + 64)
                        try lock.consistent(as: me)
                    }
                    do throws(SyncError) {
                        if index < readers {
                            let hold = try lock.lockShared(as: me, hint: index, &waiter, dead)
                            if hold.acquisition == .ownerDied { try repair() }
                            check()
                            try lock.unlockShared(hold, as: me)
                        } else {
                            if try lock.lock(as: me, &waiter, dead) == .ownerDied { try repair() }
                            check()
                            let value = words.loadRelaxed(data)
                            words.storeRelaxed(value + 1, at: data)
                            words.storeRelaxed(value + 1, at: data + 64)
                            try lock.unlock(as: me)
                        }
                    } catch {
                        execution.expect(
                            execution.someDied(threads), "\(error) though nobody died")
                    }
                }
            }
            execution.finally {
                let died = (0..<threads).count { execution.hasDied($0) }
                let sum = Int(words.load(data))
                execution.expect(died > 0 || sum == writers, "\(sum) of \(writers) writes")
                let lock = ReadWriteLock(words, at: 0, places: 2)
                execution.expect(!lock.isPoisoned || died > 0, "poisoned")
            }
        }
    }

    @Test func writersAreAlone() {
        Self.model(readers: 1, writers: 1, Bounds(preemptions: 3, staleLoads: 2))
            .expectHolds("read-write lock of 1 and 1")
        Self.model(readers: 1, writers: 2, Bounds(preemptions: 2))
            .expectHolds("read-write lock of 1 and 2")
        Self.model(readers: 2, writers: 1, Bounds(preemptions: 2))
            .expectHolds("read-write lock of 2 and 1")
    }

    @Test func whoDiesKeepsNobody() {
        Self.model(readers: 1, writers: 1, Bounds(preemptions: 2, crashes: 1, staleLoads: 1))
            .expectHolds("read-write lock of 1 and 1 with a death")
        Self.model(readers: 1, writers: 2, Bounds(preemptions: 1, crashes: 1))
            .expectHolds("read-write lock of 1 and 2 with a death")
        Self.model(readers: 2, writers: 1, Bounds(preemptions: 1, crashes: 1))
            .expectHolds("read-write lock of 2 and 1 with a death")
    }

    private static let mutations = [
        Mutation("writing compares nothing", .blindExchange, words: writer),
        Mutation("writing is no one step", .splitExchange, words: writer),
        Mutation("the writer is not seen", .noSequence, words: writer),
        Mutation("readers are not seen", .noSequence, words: places),
        Mutation("giving back is stored relaxed", .relaxedStore, words: writer),
        Mutation("places are not cleared", .lostStore, words: places),
        Mutation("reading is given back relaxed", .relaxedStore, words: places),
        Mutation("a living holder counts as lost", .everybodyIsLost),
    ]

    @Test(arguments: mutations)
    func isNoticed(_ mutation: Mutation) {
        Self.model(readers: 1, writers: 2, Bounds(preemptions: 2, crashes: 1, staleLoads: 2))
            .expectFinds(mutation)
    }
}
