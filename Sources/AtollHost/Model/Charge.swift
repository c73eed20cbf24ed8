// SPDX-License-Identifier: Apache-2.0
public import AtollAPI

/// What charges regions to groups on this host.
public struct ChargeStatus: Sendable, Equatable {
    public enum Tree: String, Sendable { case v1, v2, none }

    public var tree: Tree
    /// The directory under which groups have theirs; empty where nothing charges.
    public var root: String
    /// For people: what was found, or why nothing charges.
    public var finding: String

    public init(tree: Tree, root: String, finding: String) {
        self.tree = tree
        self.root = root
        self.finding = finding
    }
}

/// What the kernel says of one group's account. Bytes.
public struct GroupCharge: Sendable, Equatable {
    public var used: UInt64
    public var limit: UInt64?
    public var peak: UInt64?
    /// How often the kernel refused a page for the limit's sake.
    public var denials: UInt64
    public var hugePages: [PageSize: UInt64]
    public var regions: [String: UInt64]

    public init(
        used: UInt64, limit: UInt64?, peak: UInt64?, denials: UInt64,
        hugePages: [PageSize: UInt64] = [:], regions: [String: UInt64] = [:]
    ) {
        self.used = used
        self.limit = limit
        self.peak = peak
        self.denials = denials
        self.hugePages = hugePages
        self.regions = regions
    }
}
