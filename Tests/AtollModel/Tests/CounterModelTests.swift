// SPDX-License-Identifier: Apache-2.0
import AtollModel
import AtollSync
import Testing

/// ``Counter``: nothing added is lost, whoever shares a part.
struct CounterModelTests {
    private let model = Model(
        bytes: 128 + 64 * 64, width: 80, Bounds(preemptions: 2, crashes: 1)
    ) { execution in
        let words = execution.words
        let added = Box(0)
        for index in 0..<3 {
            execution.thread { _ in
                let counter = Counter(words)
                for _ in 0..<2 {
                    counter.add(5, slot: index / 2)
                    added.value += 5
                }
            }
        }
        execution.finally {
            let sum = Int(Counter(words).sum)
            // A dead thread may have added and not said so.
            let died = execution.someDied(3) ? 5 : 0
            execution.expect(
                sum >= added.value && sum <= added.value + died, "\(added.value) is \(sum)")
        }
    }

    @Test func nothingIsLost() { model.expectHolds("counter") }

    @Test func isNoticed() {
        model.expectFinds(Mutation("adding is no one step", .splitExchange))
    }
}
