// SPDX-License-Identifier: Apache-2.0
public import AtollSystem

extension PlacedMemory {
    /// Sets the rule and moves the pages that lie elsewhere, whoever maps them. Tells how many bytes
    /// have been looked after; stops where `goOn` says so. The bytes that could not be moved.
    public func move(
        to rule: NodeRule, progress: (Int) -> Void, goOn: () -> Bool = { true }
    ) throws(Errno) -> Int {
        let window = 32 << 20
        // What is mapped in large pages is moved in large pages.
        _ = try touch(offset: 0, count: min(window, count))
        let unit = granule(pages()[2 << 20] != nil)
        try set(rule, huge: unit > 4096)
        var left = 0
        for at in stride(from: 0, to: count, by: window) {
            guard goOn() else { break }
            let part = min(window, count - at)
            left += try move(try touch(offset: at, count: part), to: rule, by: unit)
            progress(at + part)
        }
        return left
    }

    private func move(_ offsets: [Int], to rule: NodeRule, by unit: Int) throws(Errno) -> Int {
        let runs = rule.runs(bytes: count, page: unit)
        var places = Places(rule: rule, runs: runs, unit: unit)
        let before = try nodes(at: offsets)
        let wanted = zip(offsets, before).filter { places.isWrong(node: $1, at: $0) }.map { $0.0 }
        guard !wanted.isEmpty else { return 0 }
        let targets = wanted.map { places.target(at: $0) }
        _ = try nodes(at: wanted, targets: targets)
        let after = try nodes(at: wanted)
        return zip(wanted, after).count { places.isWrong(node: $1, at: $0) } * pageBytes
    }
}

/// Which node is right for which page.
private struct Places {
    let rule: NodeRule
    let runs: [NodeRun]
    let unit: Int
    private var at = 0

    init(rule: NodeRule, runs: [NodeRun], unit: Int) {
        self.rule = rule
        self.runs = runs
        self.unit = unit
    }

    mutating func isWrong(node: Int32, at offset: Int) -> Bool {
        if node < 0 { return false }
        switch rule {
        case .none: return false
        // Where in turn a page belongs depends on the file, and all that counts is that they are spread.
        case .bind(let nodes): return !nodes.contains(Int(node))
        case .interleave, .preferred, .weighted: return node != target(at: offset)
        }
    }

    mutating func target(at offset: Int) -> Int32 {
        switch rule {
        case .none: return 0
        case .bind(let nodes), .interleave(let nodes):
            return Int32(nodes[offset / unit % nodes.count])
        case .preferred(let node): return Int32(node)
        case .weighted:
            if runs[at].offset > offset { at = 0 }
            while at + 1 < runs.count, runs[at + 1].offset <= offset { at += 1 }
            return Int32(runs[at].home ?? 0)
        }
    }
}
