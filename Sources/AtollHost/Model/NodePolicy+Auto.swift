// SPDX-License-Identifier: Apache-2.0
import AtollAPI

extension NUMAPolicy {
    /// The nodes that it names.
    var nodes: Set<Int> {
        switch self {
        case .none, .auto: []
        case .bind(let nodes), .interleave(let nodes): nodes
        case .preferred(let node): [node]
        case .weighted(let weights): Set(weights.keys)
        }
    }
}

extension NodePolicy {
    /// For memory that these vCPUs use: all of it on their node, or on each node as much as it has of
    /// them. A vCPU counts where it is kept, and where it runs at the moment if it is kept nowhere. `nil`
    /// where nothing is known, and on a host with one node, where nothing is to choose.
    init?(running places: [VCPUPlace], on nodes: [HostNode]) {
        let able = nodes.filter { $0.total > 0 }
        guard able.count > 1 else { return nil }
        var weights: [Int: Int] = [:]
        for place in places {
            let homes = able.filter { !$0.cpus.isDisjoint(with: place.allowed) }
            let home =
                homes.count == 1
                ? homes[0] : able.first { node in place.current.map(node.cpus.contains) ?? false }
            if let home { weights[home.id, default: 0] += 1 }
        }
        guard let first = weights.keys.first else { return nil }
        self = weights.count == 1 ? .bind([first]) : .weighted(Self.reduced(weights))
    }

    /// The same proportion in the smallest numbers, and none beyond what a weight can be.
    private static func reduced(_ weights: [Int: Int]) -> [Int: Int] {
        func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
        let common = weights.values.reduce(0, divisor)
        let most = (weights.values.max() ?? 1) / common
        let scale = (most + 254) / 255
        return weights.mapValues { max(1, $0 / common / scale) }
    }

    /// How many bytes certain nodes must give together. The kernel goes elsewhere for the rest.
    func demands(_ bytes: UInt64) -> [(nodes: Set<Int>, bytes: UInt64)] {
        switch self {
        case .bind(let nodes): return [(nodes, bytes)]
        case .weighted(let weights):
            let sum = UInt64(weights.values.reduce(0, +))
            return weights.sorted { $0.key < $1.key }.map { node, weight in
                ([node], bytes / sum * UInt64(weight))
            }
        case .interleave, .preferred: return []
        }
    }

    /// As it is told to those who set it.
    public var text: String {
        switch self {
        case .bind(let nodes): NUMAPolicy.bind(nodes).description
        case .interleave(let nodes): NUMAPolicy.interleave(nodes).description
        case .preferred(let node): NUMAPolicy.preferred(node).description
        case .weighted(let weights): NUMAPolicy.weighted(weights).description
        }
    }
}
