// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``Barrier`` at word 0; behind it each thread's data, in a line of its own.
struct BarrierModelTests {
    static let algorithms = [BarrierAlgorithm.central, .dissemination]

    private static func model(
        vms: Int, rounds: Int, _ algorithm: BarrierAlgorithm, _ bounds: Bounds,
        shrinks: Bool = false
    ) -> Model {
        let counts = [Int](repeating: 1, count: vms)
        return model(counts, rounds: rounds, algorithm, bounds, shrinks: shrinks)
    }

    /// - Parameter counts: threads of each VM.
    private static func model(
        _ counts: [Int], rounds: Int, _ algorithm: BarrierAlgorithm, _ bounds: Bounds,
        shrinks: Bool = false
    ) -> Model {
        let threads = counts.reduce(0, +)
        let layout = BarrierLayout(vms: counts.count, size: threads)
        let places = counts.indices.flatMap { vm in
            let first = counts[..<vm].reduce(0, +)
            return (0..<counts[vm]).map {
                BarrierPlace(vm: vm, first: first, threads: counts[vm], rank: first + $0)
            }
        }
        return Model(bytes: layout.bytes + 64 * threads, bounds) { execution in
            let words = execution.words
            Barrier.build(words, at: 0, members: counts.enumerated().map { ($0, $1) })
            let survived = Box([BarrierSeat?](repeating: nil, count: threads))
            for index in 0..<threads {
                execution.thread { thread in
                    var seat = BarrierSeat()
                    var waiter = thread.waiter()
                    let barrier = Barrier(words, at: 0, layout, places[index], algorithm)
                    var round: UInt64 = 1
                    while round <= rounds {
                        words.storeRelaxed(round, at: layout.bytes + 64 * index)
                        do throws(SyncError) {
                            try barrier.wait(&seat, &waiter)
                        } catch {
                            execution.expect(
                                execution.someDied(threads), "\(error) though nobody died")
                            guard shrinks, case .memberLost(let slots) = error else { return }
                            do { try barrier.shrink(&seat, &waiter, without: slots) } catch {
                                return execution.expect(false, "\(error) from shrink")
                            }
                            continue
                        }
                        for other in 0..<threads
                        where seat.lostSlots >> UInt64(places[other].vm) & 1 == 0 {
                            // One who is a round ahead may have written again.
                            let seen = words.loadRelaxed(layout.bytes + 64 * other)
                            execution.expect(
                                seen >= round, "a write before round \(round) is not seen")
                        }
                        round += 1
                    }
                    survived.value[index] = seat
                }
            }
            execution.finally {
                let seats = survived.value.indices.filter { !execution.hasDied($0) }
                    .map { survived.value[$0] }
                guard shrinks else { return }
                execution.expect(seats.allSatisfy { $0 != nil }, "a survivor did not go on")
            }
        }
    }

    @Test(arguments: algorithms)
    func allSeeWhatAllWrote(algorithm: BarrierAlgorithm) {
        Self.model(vms: 2, rounds: 2, algorithm, Bounds(preemptions: 3, staleLoads: 2))
            .expectHolds("\(algorithm) barrier of 2")
        Self.model(vms: 3, rounds: 1, algorithm, Bounds(preemptions: 2, staleLoads: 1))
            .expectHolds("\(algorithm) barrier of 3")
    }

    @Test func theLevelOfOneVMHolds() {
        Self.model([2], rounds: 2, .central, Bounds(preemptions: 3, staleLoads: 1))
            .expectHolds("barrier of one VM with 2")
        Self.model([2, 1], rounds: 2, .central, Bounds(preemptions: 1, staleLoads: 1))
            .expectHolds("barrier of 2 VMs with 2 and 1")
    }

    @Test(arguments: algorithms)
    func whoDiesKeepsNobody(algorithm: BarrierAlgorithm) {
        Self.model(
            vms: 2, rounds: 2, algorithm, Bounds(preemptions: 2, crashes: 1, staleLoads: 1)
        ).expectHolds("\(algorithm) barrier of 2 with a death")
        Self.model(
            vms: 3, rounds: 1, algorithm, Bounds(preemptions: 1, crashes: 1, staleLoads: 1)
        ).expectHolds("\(algorithm) barrier of 3 with a death")
    }

    @Test(arguments: algorithms)
    func survivorsGoOn(algorithm: BarrierAlgorithm) {
        Self.model(
            vms: 2, rounds: 2, algorithm, Bounds(preemptions: 2, crashes: 1, staleLoads: 1),
            shrinks: true
        ).expectHolds("\(algorithm) barrier of 2 that shrinks")
        Self.model(
            vms: 3, rounds: 1, algorithm, Bounds(preemptions: 1, crashes: 1), shrinks: true
        ).expectHolds("\(algorithm) barrier of 3 that shrinks")
        Self.model(
            vms: 3, rounds: 1, algorithm, Bounds(preemptions: 1, crashes: 2), shrinks: true
        ).expectHolds("\(algorithm) barrier of 3 that shrinks twice")
    }

    private static let layout = BarrierLayout(vms: 2, size: 2)
    private static let arrival = 0..<8
    private static let release = layout.release(0)..<(layout.release(0) + 8)
    private static let signals = layout.thread(0)..<layout.bytes

    private static let central = [
        Mutation("arrival orders nothing", .relaxedExchange, words: arrival),
        Mutation("arrival is no one step", .splitExchange, words: arrival),
        Mutation("release is not stored", .lostExchange, words: release),
        Mutation("release is stored relaxed", .relaxedExchange, words: release),
        Mutation("release is loaded relaxed", .relaxedLoad, words: release),
        Mutation("release is not waited for", .constantLoad(1), words: release),
    ]

    @Test(arguments: central)
    func isNoticed(_ mutation: Mutation) {
        Self.model(vms: 2, rounds: 2, .central, Bounds(preemptions: 3, staleLoads: 2))
            .expectFinds(mutation)
    }

    private static let dissemination = [
        Mutation("a signal is not stored", .lostStore, words: signals),
        Mutation("a signal is stored relaxed", .relaxedStore, words: signals),
        Mutation("a signal is loaded relaxed", .relaxedLoad, words: signals),
        Mutation("a signal is not waited for", .constantLoad(1 << 4 | 1), words: signals),
    ]

    @Test(arguments: dissemination)
    func isNoticedOfSignals(_ mutation: Mutation) {
        Self.model(vms: 2, rounds: 2, .dissemination, Bounds(preemptions: 3, staleLoads: 2))
            .expectFinds(mutation)
    }

    private static let release3 = BarrierLayout(vms: 3, size: 3).release(0)

    private static let losses = [
        Mutation(
            "breaking a round compares nothing", .blindExchange, words: release3..<(release3 + 8)),
        Mutation("a round is not broken", .lostExchange, words: release3..<(release3 + 8)),
    ]

    @Test(arguments: losses)
    func isNoticedOfLosses(_ mutation: Mutation) {
        Self.model(
            vms: 3, rounds: 1, .central, Bounds(preemptions: 2, crashes: 1), shrinks: true
        ).expectFinds(mutation)
    }
}
