// SPDX-License-Identifier: Apache-2.0

/// On which of the host's NUMA nodes a region's memory lies, as people write it: `none`, `auto`,
/// `bind:0-1`, `interleave:0,2`, `preferred:1`, `weighted:0=3,1=1`.
///
/// `none` leaves it to the kernel, which takes pages from the node of the CPU that first touches them;
/// `auto` looks at where the vCPUs of the group's VMs run. The others are the modes of set_mempolicy(2).
public enum NUMAPolicy: Sendable, Hashable {
    case none
    case auto
    /// From these nodes and no others.
    case bind(Set<Int>)
    /// Page by page in turn.
    case interleave(Set<Int>)
    /// From this node while it has pages.
    case preferred(Int)
    /// In turn, with as many pages at a time from each node as its weight says.
    case weighted([Int: Int])
}

extension NUMAPolicy: LosslessStringConvertible {
    public var description: String {
        switch self {
        case .none: "none"
        case .auto: "auto"
        case .bind(let nodes): "bind:" + Self.list(nodes)
        case .interleave(let nodes): "interleave:" + Self.list(nodes)
        case .preferred(let node): "preferred:\(node)"
        case .weighted(let weights):
            "weighted:"
                + weights.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: ",")
        }
    }

    /// `nil` where the text is no policy.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts[0], parts.count == 2 ? parts[1] : nil) {
        case ("none", nil): self = .none
        case ("auto", nil): self = .auto
        case ("bind", let nodes?):
            guard let nodes = Self.nodes(nodes) else { return nil }
            self = .bind(nodes)
        case ("interleave", let nodes?):
            guard let nodes = Self.nodes(nodes) else { return nil }
            self = .interleave(nodes)
        case ("preferred", let node?):
            guard let nodes = Self.nodes(node), nodes.count == 1 else { return nil }
            self = .preferred(nodes.first!)
        case ("weighted", let weights?):
            guard let weights = Self.weights(weights) else { return nil }
            self = .weighted(weights)
        default: return nil
        }
    }

    /// The greatest node's number that Linux can be built for, plus one.
    static let nodeLimit = 1024
    /// What the kernel takes for a node's weight.
    static let weightLimit = 255

    private static func list(_ nodes: Set<Int>) -> String {
        nodes.sorted().map(String.init).joined(separator: ",")
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let value = Int(text), value < nodeLimit
        else { return nil }
        return value
    }

    private static func nodes(_ text: Substring) -> Set<Int>? {
        var nodes: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count <= 2, let first = number(ends[0]), let last = number(ends.last!),
                first <= last
            else { return nil }
            nodes.formUnion(first...last)
        }
        return nodes
    }

    private static func weights(_ text: Substring) -> [Int: Int]? {
        var weights: [Int: Int] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false)
            guard pair.count == 2, let node = number(pair[0]), let weight = number(pair[1]),
                (1...weightLimit).contains(weight), weights.updateValue(weight, forKey: node) == nil
            else { return nil }
        }
        return weights
    }
}

extension NUMAPolicy: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let policy = NUMAPolicy(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is no NUMA policy")
        }
        self = policy
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
