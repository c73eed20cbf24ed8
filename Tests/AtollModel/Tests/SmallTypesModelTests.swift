// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``Once``, ``Semaphore``, ``Latch`` and ``Condition``, each at word 0.
struct SmallTypesModelTests {
    private static let word = 0..<8

    // MARK: Once

    private static func once(threads: Int, _ bounds: Bounds) -> Model {
        Model(bytes: 256, bounds) { execution in
            let words = execution.words
            for _ in 0..<threads {
                execution.thread { thread in
                    let once = Once(words, at: 0)
                    var waiter = thread.waiter()
                    do throws(SyncError) {
                        let step = try once.begin(as: thread.owner, &waiter, execution.liveness)
                        if case .run(let acquisition) = step {
                            let died = execution.someDied(threads)
                            execution.expect(acquisition == .clean || died, "nobody died")
                            let runs = words.loadRelaxed(128)
                            execution.expect(runs == 0 || died, "done twice")
                            words.storeRelaxed(runs + 1, at: 128)
                            try once.finish(as: thread.owner)
                        }
                        execution.expect(words.loadRelaxed(128) > 0, "not done")
                    } catch {
                        execution.expect(
                            execution.someDied(threads), "\(error) though nobody died")
                    }
                }
            }
        }
    }

    @Test func onceIsOnce() {
        Self.once(threads: 2, Bounds(preemptions: 3, staleLoads: 2)).expectHolds("once of 2")
        Self.once(threads: 3, Bounds(preemptions: 1, crashes: 1, staleLoads: 1))
            .expectHolds("once of 3 with a death")
    }

    @Test(arguments: [
        Mutation("beginning compares nothing", .blindExchange, words: word),
        Mutation("beginning is no one step", .splitExchange, words: word),
        Mutation("the end is stored relaxed", .relaxedStore, words: word),
        Mutation("the end is not stored", .lostStore, words: word),
        Mutation("the end is loaded relaxed", .relaxedLoad, words: word),
    ])
    func onceIsNoticed(_ mutation: Mutation) {
        Self.once(threads: 3, Bounds(preemptions: 2, staleLoads: 1)).expectFinds(mutation)
    }

    // MARK: Semaphore

    /// One permit: what it stands for are two words, equal unless a holder died.
    private static func semaphore(threads: Int, _ bounds: Bounds) -> Model {
        Model(bytes: 384, bounds) { execution in
            let words = execution.words
            for _ in 0..<threads {
                execution.thread { thread in
                    let semaphore = Semaphore(words, at: 0, permits: 1)
                    var waiter = thread.waiter()
                    do throws(SyncError) {
                        let permit = try semaphore.acquire(
                            as: thread.owner, &waiter, execution.liveness)
                        let died = execution.someDied(threads)
                        execution.expect(permit.acquisition == .clean || died, "nobody died")
                        let value = words.loadRelaxed(256)
                        execution.expect(value == words.loadRelaxed(320) || died, "both had it")
                        words.storeRelaxed(value + 1, at: 256)
                        words.storeRelaxed(value + 1, at: 320)
                        try semaphore.release(permit, as: thread.owner)
                    } catch {
                        execution.expect(
                            execution.someDied(threads), "\(error) though nobody died")
                    }
                }
            }
            execution.finally {
                let semaphore = Semaphore(words, at: 0, permits: 1)
                let after = semaphore.tryAcquire(as: execution.owner(3), execution.liveness)
                execution.expect(after != nil, "the permit is gone")
                let died = execution.someDied(threads)
                execution.expect(died || words.load(256) == threads, "an update was lost")
            }
        }
    }

    private static let place = 128..<136

    @Test func aPermitIsOnesAtATime() {
        Self.semaphore(threads: 2, Bounds(preemptions: 3, staleLoads: 2))
            .expectHolds("semaphore of 2")
        Self.semaphore(threads: 3, Bounds(preemptions: 1, crashes: 1, staleLoads: 1))
            .expectHolds("semaphore of 3 with a death")
    }

    @Test(arguments: [
        Mutation("taking compares nothing", .blindExchange, words: place),
        Mutation("taking orders nothing", .relaxedExchange, words: place),
        Mutation("giving back is stored relaxed", .relaxedStore, words: place),
        Mutation("giving back is not stored", .lostStore, words: place),
    ])
    func semaphoreIsNoticed(_ mutation: Mutation) {
        Self.semaphore(threads: 3, Bounds(preemptions: 2, staleLoads: 1)).expectFinds(mutation)
    }

    // MARK: Latch

    private static func latch(_ bounds: Bounds) -> Model {
        Model(bytes: 384, bounds) { execution in
            let words = execution.words
            Latch.build(words, at: 0, count: 2)
            for index in 0..<3 {
                execution.thread { thread in
                    let latch = Latch(words, at: 0)
                    var waiter = thread.waiter()
                    do throws(SyncError) {
                        if index < 2 {
                            words.storeRelaxed(1, at: 128 + 64 * index)
                            return try latch.countDown()
                        }
                        try latch.wait(&waiter)
                        let sum = words.loadRelaxed(128) + words.loadRelaxed(192)
                        execution.expect(sum == 2, "not all that was written is seen")
                    } catch {
                        execution.expect(execution.someDied(3), "\(error) though nobody died")
                    }
                }
            }
        }
    }

    @Test func aLatchOpensWhenAllHaveCounted() {
        Self.latch(Bounds(preemptions: 3, staleLoads: 2)).expectHolds("latch")
        Self.latch(Bounds(preemptions: 2, crashes: 1, staleLoads: 1))
            .expectHolds("latch with a death")
    }

    @Test(arguments: [
        Mutation("counting orders nothing", .relaxedExchange, words: word),
        Mutation("counting is no one step", .splitExchange, words: word),
        Mutation("the count is loaded relaxed", .relaxedLoad, words: word),
    ])
    func latchIsNoticed(_ mutation: Mutation) {
        Self.latch(Bounds(preemptions: 3, staleLoads: 2)).expectFinds(mutation)
    }

    // MARK: Condition

    /// Two wait until one has said so twice, once to each: each notice ends one wait.
    private static func condition(all: Bool, _ bounds: Bounds) -> Model {
        Model(bytes: 384, bounds) { execution in
            let words = execution.words
            for index in 0..<3 {
                execution.thread { thread in
                    let condition = Condition(words, at: 0)
                    var waiter = thread.waiter()
                    if index == 2 {
                        for _ in 0..<(all ? 1 : 2) {
                            _ = words.add(all ? 2 : 1, at: 128)
                            if all { condition.notifyAll() } else { condition.notifyOne() }
                        }
                        return
                    }
                    do throws(SyncError) {
                        while true {
                            let key = condition.prepare()
                            let seen = words.load(128)
                            if seen > 0 {
                                condition.cancel()
                                if words.compareExchange(seen, seen - 1, at: 128) == seen { return }
                                continue
                            }
                            try condition.wait(key, &waiter)
                        }
                    } catch {
                        execution.expect(execution.someDied(3), "\(error) though nobody died")
                    }
                }
            }
            execution.finally {
                execution.expect(execution.someDied(3) || words.load(16) == 0, "one still waits")
            }
        }
    }

    @Test(arguments: [true, false])
    func noNoticeIsLost(all: Bool) {
        Self.condition(all: all, Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("condition, \(all ? "all" : "one")")
        Self.condition(all: all, Bounds(preemptions: 1, crashes: 1))
            .expectHolds("condition with a death, \(all ? "all" : "one")")
    }

    @Test(arguments: [
        Mutation("a notice is not seen", .constantLoad(0), words: word),
        Mutation("a notice orders nothing", .relaxedExchange, words: word),
    ])
    func conditionIsNoticed(_ mutation: Mutation) {
        Self.condition(all: false, Bounds(preemptions: 2, staleLoads: 1)).expectFinds(mutation)
    }
}
