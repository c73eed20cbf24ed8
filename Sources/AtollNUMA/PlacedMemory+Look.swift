// SPDX-License-Identifier: Apache-2.0
public import AtollSystem

/// Where a file's pages lie, and of what size they are. Bytes.
public struct Residence: Sendable, Equatable {
    /// By node.
    public var nodes: [Int: Int] = [:]
    /// By the size of the page.
    public var pages: [Int: Int] = [:]
    /// The rule that the file keeps.
    public var rule: NodeRule = .none

    public init() {}
}

extension PlacedMemory {
    /// How much is looked at at a time.
    static let window = 256 << 20

    /// Looks at every page that is there. Takes none that is not.
    public func look() throws(Errno) -> Residence {
        var residence = Residence()
        for at in stride(from: 0, to: count, by: Self.window) {
            let offsets = try touch(offset: at, count: min(Self.window, count - at))
            for node in try nodes(at: offsets) where node >= 0 {
                residence.nodes[Int(node), default: 0] += pageBytes
            }
        }
        residence.pages = pages()
        residence.rule = try heldRule()
        return residence
    }

    /// Maps the pages of this part that are in memory; their offsets. What is not mapped, the kernel
    /// does not find.
    func touch(offset: Int, count: Int) throws(Errno) -> [Int] {
        // What fallocate(2) took and nobody has touched is there, and mincore(2) does not say so.
        let there =
            isWhole
            ? [Bool](repeating: true, count: count / 4096)
            : try mapping.resident(offset: offset, count: count)
        var offsets: [Int] = []
        var start: Int?
        for (index, isThere) in (there + [false]).enumerated() {
            if isThere, start == nil { start = index }
            if !isThere, let first = start {
                start = nil
                try mapping.advise(
                    .populateForReading, offset: offset + first * 4096,
                    count: (index - first) * 4096)
                offsets += stride(
                    from: offset + first * 4096, to: offset + index * 4096, by: pageBytes)
            }
        }
        return offsets
    }

    /// The one rule of all pages; where runs are bound to different nodes, their weights.
    private func heldRule() throws(Errno) -> NodeRule {
        let step = max(pageBytes, min(2 << 20, max(4096, count / 4096)))
        let first = try rule(at: 0)
        var weights: [Int: Int] = [:]
        var isOne = true
        for at in stride(from: 0, to: count, by: step) {
            let here = try rule(at: at)
            isOne = isOne && here == first
            if case .bind(let nodes) = here, nodes.count == 1 {
                weights[nodes[0], default: 0] += 1
            } else if !isOne {
                return .none
            }
        }
        return isOne ? first : .weighted(Self.reduced(weights))
    }

    /// The smallest whole weights that stand in about this proportion.
    static func reduced(_ counts: [Int: Int]) -> [NodeRule.Weight] {
        let least = max(1, counts.values.min() ?? 1)
        return counts.sorted { $0.key < $1.key }.map {
            NodeRule.Weight(node: $0.key, weight: min(255, ($0.value + least / 2) / least))
        }
    }
}
