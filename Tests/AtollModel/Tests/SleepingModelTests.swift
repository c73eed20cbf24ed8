// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// Locks and barriers whose waits sleep until they are rung for, each thread in a VM of its own: what ends
/// a wait is followed by a ring.
struct SleepingModelTests {
    private static let sleepers = 1 << 16
    private static let counts = sleepers + 64
    private static let bytes = sleepers + 5 * 64

    /// Waits by ``Doze`` alone.
    struct SleepingWaiter: Waiter {
        let words: ModelWords
        let slot: Int
        private var doze = Doze()

        init(_ words: ModelWords, _ slot: Int) {
            self.words = words
            self.slot = slot
        }

        var bell: ModelDoorbell { ModelDoorbell(words, counts: counts, slot: slot) }

        mutating func wait() throws(SyncError) {
            _ = doze.step(Sleepers(words, at: sleepers), bell, slot: slot, nanoseconds: .max)
        }

        func rouse() { Sleepers(words, at: sleepers).rouse(bell) }
    }

    /// - Parameter rings: whether who gives the lock back does.
    private static func lock(threads: Int, rings: Bool, _ bounds: Bounds) -> Model {
        Model(bytes: bytes, bounds) { execution in
            let words = execution.words
            for slot in 0..<threads {
                execution.thread(mortal: false) { thread in
                    let lock = RobustLock(words.word(at: 0))
                    var waiter = SleepingWaiter(words, slot)
                    do throws(SyncError) {
                        _ = try lock.lock(as: thread.owner, &waiter, execution.liveness)
                        words.storeRelaxed(words.loadRelaxed(64) + 1, at: 64)
                        try lock.unlock(as: thread.owner)
                    } catch { execution.expect(false, "\(error)") }
                    if rings { waiter.rouse() }
                }
            }
            execution.finally {
                execution.expect(words.load(64) == UInt64(threads), "a thread did not come in")
            }
        }
    }

    @Test func whoGivesALockBackRings() {
        Self.lock(threads: 2, rings: true, Bounds(preemptions: 3, staleLoads: 1))
            .expectHolds("a lock of 2 that sleep")
        Self.lock(threads: 3, rings: true, Bounds(preemptions: 2))
            .expectHolds("a lock of 3 that sleep")
        let report = Self.lock(threads: 2, rings: false, Bounds(preemptions: 3)).explore()
        #expect(report.failure != nil, "nobody misses the ring")
    }

    private static func barrier(
        threads: Int, rounds: Int, _ algorithm: BarrierAlgorithm, _ bounds: Bounds
    ) -> Model {
        let layout = BarrierLayout(vms: threads, size: threads)
        return Model(bytes: bytes, width: 64, bounds) { execution in
            let words = execution.words
            Barrier.build(
                words, at: 0, members: (0..<threads).map { (slot: $0, threads: 1) })
            for slot in 0..<threads {
                execution.thread(mortal: false) { _ in
                    let barrier = Barrier(
                        words, at: 0, layout, BarrierPlace(rank: slot, threadsPerVM: 1), algorithm)
                    var waiter = SleepingWaiter(words, slot)
                    var seat = BarrierSeat()
                    do throws(SyncError) {
                        for _ in 0..<rounds { try barrier.wait(&seat, &waiter) }
                    } catch { execution.expect(false, "\(error)") }
                }
            }
        }
    }

    @Test(arguments: [BarrierAlgorithm.central, .dissemination])
    func whoComesToABarrierRings(_ algorithm: BarrierAlgorithm) {
        Self.barrier(threads: 2, rounds: 2, algorithm, Bounds(preemptions: 3, staleLoads: 1))
            .expectHolds("a barrier of 2 that sleep, \(algorithm)")
        Self.barrier(threads: 3, rounds: 1, algorithm, Bounds(preemptions: 2))
            .expectHolds("a barrier of 3 that sleep, \(algorithm)")
    }

    @Test(arguments: [BarrierAlgorithm.central, .dissemination])
    func aBarrierWithoutFencesIsNoticed(_ algorithm: BarrierAlgorithm) {
        Self.barrier(threads: 2, rounds: 1, algorithm, Bounds(preemptions: 3, staleLoads: 2))
            .expectFinds(Mutation("no fence", .noFence))
    }
}
