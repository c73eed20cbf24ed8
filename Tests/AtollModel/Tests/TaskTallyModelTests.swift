// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``TaskTally``: nobody believes that all tasks have ended while one has not. ``ReturnStack``: each
/// block that was returned comes back once.
struct TaskTallyModelTests {
    private static let mail = 320
    private static let data = 384

    /// A thread begins a task, which another runs; that one begets a second, which the first runs, or a
    /// stranger ends. A third looks from the time on when nobody begins any but in tasks.
    private static func model(stranger: Bool, _ bounds: Bounds) -> Model {
        Model(bytes: 448, bounds) { execution in
            let words = execution.words
            func wait(for value: UInt64, _ thread: ModelThread) -> Bool {
                var waiter = thread.waiter()
                while words.load(mail) != value {
                    do { try waiter.wait() } catch {
                        execution.expect(false, "\(error)")
                        return false
                    }
                }
                return true
            }
            execution.thread { thread in
                let tally = TaskTally(words, at: 64, threads: 2)
                tally.begin(0)
                words.store(1, at: mail)
                guard wait(for: 2, thread) else { return }
                words.storeRelaxed(1, at: data)
                if stranger { tally.endElsewhere() } else { tally.end(0) }
            }
            execution.thread { thread in
                let tally = TaskTally(words, at: 64, threads: 2)
                guard wait(for: 1, thread) else { return }
                tally.begin(1)
                words.store(2, at: mail)
                tally.end(1)
            }
            execution.thread { thread in
                let tally = TaskTally(words, at: 64, threads: 2)
                var waiter = thread.waiter()
                while words.load(mail) == 0 {
                    do { try waiter.wait() } catch {
                        return execution.expect(false, "\(error)")
                    }
                }
                if tally.isQuiet() {
                    execution.expect(words.loadRelaxed(data) == 1, "a task has not ended")
                }
            }
            execution.finally {
                execution.expect(
                    TaskTally(words, at: 64, threads: 2).isQuiet(), "it never ends")
            }
        }
    }

    @Test(arguments: [false, true])
    func nobodyIsMissed(stranger: Bool) {
        Self.model(stranger: stranger, Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("three threads")
    }

    @Test(arguments: [
        Mutation("what ended orders nothing", .relaxedLoad, words: 136..<144),
        Mutation("an end orders nothing", .relaxedStore, words: 136..<144),
    ])
    func isNoticed(_ mutation: Mutation) {
        Self.model(stranger: false, Bounds(preemptions: 3, staleLoads: 2)).expectFinds(mutation)
    }

    private static func stack(_ bounds: Bounds) -> Model {
        Model(bytes: 128, bounds) { execution in
            let words = execution.words
            let had = Box<[Int]>([])
            func take() {
                var block = ReturnStack(words, at: 0).takeAll()
                while block != 0 {
                    had.value.append(block)
                    block = Int(words.loadRelaxed(block))
                }
            }
            for thread in 1...2 {
                execution.thread { _ in
                    for block in [thread * 32, thread * 32 + 8] {
                        ReturnStack(words, at: 0).push(block)
                    }
                }
            }
            execution.thread { _ in
                take()
                take()
            }
            execution.finally {
                take()
                execution.expect(had.value.sorted() == [32, 40, 64, 72], "\(had.value)")
            }
        }
    }

    @Test func blocksComeBackOnce() {
        Self.stack(Bounds(preemptions: 3, staleLoads: 1)).expectHolds("two return, one takes")
    }

    @Test(arguments: [
        Mutation("pushed without comparing", .blindExchange, words: 0..<8),
        Mutation("taken in two steps", .splitExchange, words: 0..<8),
        Mutation("pushed in no order", .relaxedExchange, words: 0..<8),
    ])
    func stackIsNoticed(_ mutation: Mutation) {
        Self.stack(Bounds(preemptions: 3, staleLoads: 2)).expectFinds(mutation)
    }
}
