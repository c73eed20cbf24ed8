// SPDX-License-Identifier: Apache-2.0

/// Tries every execution of a scenario within bounds: every choice of who goes on at which step, who
/// dies where, and which older value a load gives.
///
/// The algorithms under test are the shipped sources: their words, waiters and liveness are the
/// model's. Depth first, without a memory of states: an execution is the list of its choices, and is
/// run from its beginning.
public struct Model {
    public let bytes: Int
    /// Words that one execution touches at most.
    public let width: Int
    public let bounds: Bounds
    /// Executions after which the exploration is given up as not exhaustive.
    public let limit: Int
    private let scenario: (Execution) -> Void

    public init(
        bytes: Int, width: Int = 32, _ bounds: Bounds, limit: Int = 3_000_000,
        scenario: @escaping (Execution) -> Void
    ) {
        self.bytes = bytes
        self.width = width
        self.bounds = bounds
        self.limit = limit
        self.scenario = scenario
    }

    /// Tries everything, up to the first failure.
    public func explore(_ mutation: Mutation? = nil) -> Report {
        // A mutation is found soonest with few preemptions; the bounds then widen.
        guard mutation != nil else { return explore(bounds, nil) }
        var report = Report()
        for preemptions in 0...bounds.preemptions {
            var bounds = bounds
            bounds.preemptions = preemptions
            let more = explore(bounds, mutation)
            report.executions += more.executions
            report.steps += more.steps
            report.failure = more.failure
            report.isExhaustive = more.isExhaustive
            if more.failure != nil { break }
        }
        return report
    }

    private func explore(_ bounds: Bounds, _ mutation: Mutation?) -> Report {
        let engine = Engine(bytes: bytes, width: width, bounds: bounds, mutation: mutation)
        defer { engine.close() }
        var report = Report()
        repeat {
            let failure = engine.run(scenario)
            report.executions += 1
            report.steps += engine.steps
            report.longest = max(report.longest, engine.steps)
            if failure != nil {
                // Once more, with notes.
                engine.trace = []
                let what = engine.run(scenario) ?? "a failure that did not come again"
                report.failure = Report.Failure(what: what, schedule: engine.trace ?? [])
                return report
            }
            if report.executions >= limit { return report }
        } while engine.choices.advance()
        report.isExhaustive = true
        return report
    }
}
