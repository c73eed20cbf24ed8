// SPDX-License-Identifier: Apache-2.0

/// On which nodes a file's pages shall lie, as a program is told on its command line:
/// `bind:0,1`, `interleave:0,1`, `preferred:1`, `weighted:0=3,1=1`.
public enum NodeRule: Sendable, Equatable {
    /// The kernel's own way: the node of whoever touches a page first.
    case none
    case bind([Int])
    case interleave([Int])
    case preferred(Int)
    /// Node and weight, by node.
    case weighted([Weight])

    public struct Weight: Sendable, Equatable {
        public var node: Int
        public var weight: Int
        public init(node: Int, weight: Int) {
            self.node = node
            self.weight = weight
        }
    }
}

extension NodeRule: LosslessStringConvertible {
    public var description: String {
        switch self {
        case .none: "none"
        case .bind(let nodes): "bind:" + nodes.map(String.init).joined(separator: ",")
        case .interleave(let nodes): "interleave:" + nodes.map(String.init).joined(separator: ",")
        case .preferred(let node): "preferred:\(node)"
        case .weighted(let weights):
            "weighted:" + weights.map { "\($0.node)=\($0.weight)" }.joined(separator: ",")
        }
    }

    /// `nil` where the text is no rule.
    public init?(_ text: String) {
        if text == "none" {
            self = .none
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let words = parts[1].split(separator: ",", omittingEmptySubsequences: false)
        let nodes = words.compactMap(Self.node)
        switch parts[0] {
        case "bind" where nodes.count == words.count: self = .bind(nodes)
        case "interleave" where nodes.count == words.count: self = .interleave(nodes)
        case "preferred" where words.count == 1 && nodes.count == 1: self = .preferred(nodes[0])
        case "weighted":
            let weights = words.compactMap { word -> Weight? in
                let pair = word.split(separator: "=", omittingEmptySubsequences: false)
                guard pair.count == 2, let node = Self.node(pair[0]), let weight = Int(pair[1]),
                    (1...255).contains(weight)
                else { return nil }
                return Weight(node: node, weight: weight)
            }
            guard weights.count == words.count else { return nil }
            self = .weighted(weights)
        default: return nil
        }
    }

    private static func node(_ text: Substring) -> Int? {
        guard let node = Int(text), (0..<Nodes.limit).contains(node) else { return nil }
        return node
    }
}
