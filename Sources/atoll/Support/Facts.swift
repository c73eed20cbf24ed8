// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// What is known of one thing, a line each: a name, and the value in one column.
struct Facts {
    private let facts: [(name: String, value: String)]

    init(_ facts: [(String, String)]) { self.facts = facts.map { (name: $0.0, value: $0.1) } }

    var lines: [String] {
        let width = facts.map(\.name.count).max() ?? 0
        return facts.map { "\($0.name):".padded(to: width + 3) + $0.value.printable }
    }
}
