// SPDX-License-Identifier: Apache-2.0

/// The decisions of one execution, and which one comes next: depth first, the last decision that has
/// an alternative left takes it, and all after it begin anew.
struct Choices {
    private var taken: [(choice: Int32, of: Int32)] = []
    private var depth = 0

    mutating func restart() { depth = 0 }

    mutating func next(of count: Int) -> Int {
        if depth < taken.count {
            precondition(Int(taken[depth].of) == count, "the model's scenario is not deterministic")
        } else {
            taken.append((0, Int32(count)))
        }
        depth += 1
        return Int(taken[depth - 1].choice)
    }

    /// `false`: all have been tried.
    mutating func advance() -> Bool {
        while let last = taken.last, last.choice + 1 == last.of { taken.removeLast() }
        guard !taken.isEmpty else { return false }
        taken[taken.count - 1].choice += 1
        return true
    }
}
