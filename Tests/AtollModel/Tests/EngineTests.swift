// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// The model itself: what weak memory may and may not do.
struct EngineTests {
    private let x = 0
    private let y = 64

    /// All pairs that two threads can end with.
    private func outcomes(
        preemptions: Int = 4, staleLoads: Int = 2,
        _ first: @escaping (ModelWords) -> UInt64, _ second: @escaping (ModelWords) -> UInt64
    ) -> Set<[UInt64]> {
        let seen = Box<Set<[UInt64]>>([])
        let model = Model(bytes: 128, Bounds(preemptions: preemptions, staleLoads: staleLoads)) {
            execution in
            let words = execution.words
            let pair = Box<[UInt64]>([9, 9])
            execution.thread { _ in pair.value[0] = first(words) }
            execution.thread { _ in pair.value[1] = second(words) }
            execution.finally { seen.value.insert(pair.value) }
        }
        let report = model.explore()
        #expect(report.failure == nil && report.isExhaustive)
        return seen.value
    }

    @Test func loadsOvertakeStores() {
        let weak = outcomes {
            $0.store(1, at: 0)
            return $0.load(64)
        } _: {
            $0.store(1, at: 64)
            return $0.load(0)
        }
        #expect(weak == [[0, 0], [0, 1], [1, 0], [1, 1]])
        let strong = outcomes {
            $0.storeSequential(1, at: 0)
            return $0.loadSequential(64)
        } _: {
            $0.storeSequential(1, at: 64)
            return $0.loadSequential(0)
        }
        #expect(strong == [[0, 1], [1, 0], [1, 1]])
    }

    @Test func messagesPassByReleaseAndAcquireAlone() {
        func pass(
            _ store: @escaping (ModelWords) -> Void, _ load: @escaping (ModelWords) -> UInt64
        ) -> Bool {
            outcomes {
                $0.storeRelaxed(1, at: 0)
                store($0)
                return 0
            } _: {
                load($0) == 0 ? 1 : $0.loadRelaxed(0)
            }.contains([0, 0])
        }
        #expect(!pass({ $0.store(1, at: 64) }, { $0.load(64) }))
        #expect(pass({ $0.storeRelaxed(1, at: 64) }, { $0.load(64) }))
        #expect(pass({ $0.store(1, at: 64) }, { $0.loadRelaxed(64) }))
        #expect(!pass({ _ = $0.add(1, at: 64) }, { $0.add(1, at: 64) }))
        #expect(!pass({ _ = $0.exchange(1, at: 64) }, { $0.compareExchange(1, 2, at: 64) }))
    }

    @Test func exchangesAreOneStep() {
        let added = outcomes {
            $0.add(1, at: 0)
        } _: {
            $0.add(1, at: 0)
        }
        #expect(added == [[0, 1], [1, 0]])
        let won = outcomes {
            $0.compareExchange(0, 1, at: 0)
        } _: {
            $0.compareExchange(0, 2, at: 0)
        }
        #expect(won == [[0, 1], [2, 0]])
    }

    @Test func aLostWakeUpIsSeen() {
        let model = Model(bytes: 128, Bounds(preemptions: 2)) { execution in
            let words = execution.words
            execution.thread { thread in
                var waiter = thread.waiter()
                while words.load(0) == 0 { try? waiter.wait() }
            }
            execution.thread { _ in words.store(0, at: 0) }
        }
        #expect(model.explore().failure?.what == "T0 wait for ever")
    }

    @Test func theDeadAreSeenByThoseWhoAsk() {
        let seen = Box<Set<[Bool]>>([])
        let model = Model(bytes: 128, Bounds(preemptions: 2, crashes: 1)) { execution in
            let words = execution.words
            let liveness = execution.liveness
            execution.thread { _ in
                words.store(1, at: 0)
                words.store(2, at: 0)
            }
            execution.thread(mortal: false) { thread in
                var waiter = thread.waiter()
                while words.load(0) != 2 {
                    do { try waiter.wait() } catch {
                        seen.value.insert([words.load(0) == 1, liveness.isLost(execution.owner(0))])
                        return
                    }
                }
                seen.value.insert([true, liveness.isLost(execution.owner(0)), true])
            }
        }
        #expect(model.explore().failure == nil)
        #expect(seen.value == [[true, true], [false, true], [true, false, true]])
    }
}
