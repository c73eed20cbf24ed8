// SPDX-License-Identifier: Apache-2.0
import AtollModel
import Testing

extension Model {
    /// Nothing fails within the bounds, and all of it was tried.
    func expectHolds(_ name: String) {
        let clock = ContinuousClock()
        var report = Report()
        let time = clock.measure { report = explore() }
        if let failure = report.failure { Issue.record("\(name): \(failure)") }
        #expect(report.failure != nil || report.isExhaustive, "\(name): not all was tried")
        print(
            "model: \(name): \(report.executions) executions, \(report.steps) steps, "
                + "longest \(report.longest), \(time)")
    }

    /// The model notices what is broken.
    func expectFinds(_ mutation: Mutation) {
        let report = explore(mutation)
        #expect(report.failure != nil, "\(mutation.name) goes unnoticed")
        print(
            "model: found after \(report.executions): \(mutation.name): "
                + (report.failure?.what ?? "nothing"))
    }
}

/// A value that a scenario's threads and its end share. One execution has one thread of the host's.
final class Box<Value> {
    var value: Value
    init(_ value: Value) { self.value = value }
}
