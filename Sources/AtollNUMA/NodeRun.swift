// SPDX-License-Identifier: Apache-2.0

/// A part of a file, and the one mode and nodes that hold for it. Bytes.
struct NodeRun: Equatable {
    var offset: Int
    var count: Int
    var rule: NodeRule

    /// The node on which all of it lies, where the rule leaves no choice.
    var home: Int? {
        switch rule {
        case .bind(let nodes): nodes.count == 1 ? nodes[0] : nil
        case .preferred(let node): node
        case .none, .interleave, .weighted: nil
        }
    }
}

extension NodeRule {
    /// The runs of a file of this many bytes whose pages are of `page` bytes. Every rule is one run,
    /// but for weights, which the kernel knows for the whole host only: they are laid out as runs, each
    /// bound to a node, in turn.
    func runs(bytes: Int, page: Int) -> [NodeRun] {
        guard case .weighted(let weights) = self, !weights.isEmpty else {
            return [NodeRun(offset: 0, count: bytes, rule: self)]
        }
        let chunk = Self.chunk(bytes: bytes, page: page, sum: weights.reduce(0) { $0 + $1.weight })
        var runs: [NodeRun] = []
        var at = 0
        while at < bytes {
            for weight in weights where at < bytes {
                let count = min(chunk * weight.weight, bytes - at)
                runs.append(NodeRun(offset: at, count: count, rule: .bind([weight.node])))
                at += count
            }
        }
        return runs
    }

    /// 2 MiB, so that huge pages find room; less where the file has not 8 rounds of that; more where
    /// there were more than 1024 rounds, each of which costs the kernel a record.
    private static func chunk(bytes: Int, page: Int, sum: Int) -> Int {
        var chunk = 2 << 20
        while chunk > page, chunk * sum * 8 > bytes { chunk /= 2 }
        while bytes / (chunk * sum) > 1024 { chunk *= 2 }
        return max(chunk, page)
    }
}
