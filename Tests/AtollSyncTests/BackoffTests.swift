// SPDX-License-Identifier: Apache-2.0
import AtollSync
import Testing

struct BackoffTests {
    @Test func spinsThenYieldsThenSleepsUpToABound() {
        var backoff = Backoff()
        var steps: [Backoff.Step] = []
        for _ in 0..<(Backoff.pauses + Backoff.yields + 20) { steps.append(backoff.next()) }
        #expect(steps.prefix(Backoff.pauses).allSatisfy { $0 == .pause })
        #expect(steps.dropFirst(Backoff.pauses).prefix(Backoff.yields).allSatisfy { $0 == .yield })
        let sleeps = steps.dropFirst(Backoff.pauses + Backoff.yields).map { step -> UInt64 in
            if case .sleep(let nanoseconds) = step { return nanoseconds }
            return 0
        }
        #expect(sleeps.first == Backoff.shortestSleep)
        #expect(sleeps.last == Backoff.longestSleep)
        #expect(sleeps == sleeps.sorted())
        #expect(backoff.count == steps.count)
    }
}
