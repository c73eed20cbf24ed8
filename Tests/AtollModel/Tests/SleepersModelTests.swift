// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollRegion
import AtollSync
import Testing

/// ``Sleepers`` and ``Doze``: whoever sleeps until it is rung for wakes when what it waits for is there. No
/// sleep has an end of its own, so that a ring that is lost leaves a thread that waits for ever.
struct SleepersModelTests {
    /// The words of the sleepers, those that are waited for, and the counts of up to three VMs.
    private static let sleepers = 0
    private static let data = 64
    private static let counts = 256
    private static let bytes = 448
    private static let word = 0..<8

    /// In what order a thread does what ``Doze`` and ``Sleepers`` do; but for the first, wrongly.
    enum Order: CaseIterable {
        case shipped, hearsAfterSaying, looksBeforeSaying, saysNothing
        case ringsBeforeStoring, ringsBeforeTaking, takesAndRingsNot, ringsOnlyOne
    }

    /// - Parameters:
    ///   - sleeps: for each sleeping thread, the VM that it is in and which word it waits for.
    ///   - stores: for each storing thread, of a VM of its own, the words that it stores in turn.
    private static func model(
        sleeps: [(vm: Int, word: Int)], stores: [[Int]], _ bounds: Bounds,
        _ order: Order = .shipped
    ) -> Model {
        Model(bytes: bytes, bounds) { execution in
            let words = execution.words
            for sleeper in sleeps {
                execution.thread { thread in
                    let bell = ModelDoorbell(words, counts: counts, slot: sleeper.vm)
                    let isThere = { words.load(data + sleeper.word * 8) != 0 }
                    if order == .shipped {
                        var doze = Doze()
                        while !isThere() {
                            _ = doze.step(
                                Sleepers(words, at: sleepers), bell, slot: sleeper.vm,
                                nanoseconds: .max)
                        }
                    } else {
                        while !isThere() { sleep(words, bell, sleeper.vm, order, isThere) }
                    }
                }
            }
            for mine in stores {
                execution.thread { thread in
                    let bell = ModelDoorbell(words, counts: counts, slot: 2)
                    for word in mine {
                        if order == .ringsBeforeStoring {
                            Sleepers(words, at: sleepers).rouse(bell)
                        }
                        words.store(1, at: data + word * 8)
                        if order != .ringsBeforeStoring { rouse(words, bell, order) }
                    }
                }
            }
            execution.finally {
                let releases = UInt64(stores.reduce(0) { $0 + $1.count })
                for vm in 0..<3 {
                    let rings = words.load(counts + vm * 64)
                    execution.expect(rings <= releases, "\(rings) rings by \(releases) stores")
                }
            }
        }
    }

    private static func sleep(
        _ words: ModelWords, _ bell: ModelDoorbell, _ vm: Int, _ order: Order,
        _ isThere: () -> Bool
    ) {
        let sleepers = Sleepers(words, at: sleepers)
        var heard = bell.heard()
        if order == .looksBeforeSaying && isThere() { return }
        if order != .saysNothing { sleepers.announce(vm) }
        if order == .hearsAfterSaying { heard = bell.heard() }
        if order != .looksBeforeSaying && isThere() { return }
        _ = bell.sleep(heard: heard, nanoseconds: .max)
    }

    private static func rouse(_ words: ModelWords, _ bell: ModelDoorbell, _ order: Order) {
        switch order {
        case .takesAndRingsNot:
            words.fence()
            _ = words.exchange(0, at: sleepers)
        case .ringsBeforeTaking:
            words.fence()
            let slots = words.load(sleepers)
            for slot in 0..<3 where slots >> UInt64(slot) & 1 != 0 { bell.ring(slot: slot) }
            _ = words.exchange(0, at: sleepers)
        case .ringsOnlyOne:
            words.fence()
            let slots = words.exchange(0, at: sleepers)
            if slots != 0 { bell.ring(slot: slots.trailingZeroBitCount) }
        default: Sleepers(words, at: sleepers).rouse(bell)
        }
    }

    @Test func nobodySleepsForEver() {
        let bounds = Bounds(preemptions: 4, staleLoads: 2)
        Self.model(sleeps: [(0, 0)], stores: [[0]], Bounds(preemptions: 6, staleLoads: 3))
            .expectHolds("one sleeper, one store")
        Self.model(sleeps: [(0, 0)], stores: [[1, 0]], bounds)
            .expectHolds("one sleeper, two stores")
        Self.model(
            sleeps: [(0, 0), (0, 1)], stores: [[1, 0]], Bounds(preemptions: 3, staleLoads: 1)
        )
        .expectHolds("two sleepers in one VM")
        Self.model(
            sleeps: [(0, 0), (1, 1)], stores: [[1, 0]], Bounds(preemptions: 3, staleLoads: 1)
        )
        .expectHolds("two sleepers in two VMs")
        Self.model(sleeps: [(0, 0)], stores: [[1], [0]], Bounds(preemptions: 3, staleLoads: 1))
            .expectHolds("a sleeper whose bit another takes")
    }

    private static let mutations = [
        Mutation("no fence", .noFence),
        Mutation("the bit is not set", .lostExchange, words: word),
        Mutation("the bit is not seen", .constantLoad(0), words: word),
    ]

    @Test(arguments: mutations)
    func isNoticed(_ mutation: Mutation) {
        Self.model(sleeps: [(0, 0)], stores: [[1, 0]], Bounds(preemptions: 3, staleLoads: 2))
            .expectFinds(mutation)
    }

    @Test(arguments: Order.allCases.dropFirst())
    func anotherOrderLosesARing(_ order: Order) {
        let report = Self.model(
            sleeps: order == .ringsOnlyOne ? [(0, 0), (1, 0)] : [(0, 0)], stores: [[1, 0]],
            Bounds(preemptions: 3, staleLoads: 1), order
        ).explore()
        #expect(report.failure != nil, "\(order) goes unnoticed")
    }
}
