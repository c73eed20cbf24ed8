// SPDX-License-Identifier: Apache-2.0

/// What a region's memory really is, as the kernel says page by page.
public struct RegionMemory: Codable, Sendable, Equatable {
    /// What lies on one of the host's nodes.
    public struct OnNode: Codable, Sendable, Equatable {
        public var node: Int
        public var bytes: UInt64

        public init(node: Int, bytes: UInt64) {
            self.node = node
            self.bytes = bytes
        }
    }

    /// What is made of pages of one size.
    public struct OfSize: Codable, Sendable, Equatable {
        public var size: PageSize
        public var bytes: UInt64

        public init(size: PageSize, bytes: UInt64) {
            self.size = size
            self.bytes = bytes
        }
    }

    /// By node, in rising order.
    public var nodes: [OnNode]
    /// By size, the smallest first.
    public var pages: [OfSize]
    /// What the object itself holds to, for pages that are taken or moved from now on.
    public var policy: NUMAPolicy

    public init(nodes: [OnNode], pages: [OfSize], policy: NUMAPolicy) {
        self.nodes = nodes
        self.pages = pages
        self.policy = policy
    }
}
