// SPDX-License-Identifier: Apache-2.0
public import AtollAPI

/// The port through which memory is put on NUMA nodes, and through which one sees where it lies.
public protocol Placement: Sendable {
    /// The host's nodes; a host without NUMA has one, 0.
    func nodes() async throws(PlacementError) -> [HostNode]

    /// Where the pages of the file lie and what they are, looked up page by page.
    func look(path: String) async throws(PlacementError) -> RegionMemory

    /// Sets the policy on the object, `nil` taking it away, and moves the pages that are elsewhere. Tells by `progress` how
    /// many bytes have been looked after. Returns the bytes that could not be moved.
    func move(
        path: String, to policy: NodePolicy?, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws(PlacementError) -> UInt64
}

/// A node of the host. Sizes in bytes.
public struct HostNode: Sendable, Equatable {
    public var id: Int
    public var total: UInt64
    public var free: UInt64
    public var cpus: Set<Int>
    /// Free pages of the pools of hugetlb.
    public var hugePages: [PageSize: UInt64]

    public init(
        id: Int, total: UInt64, free: UInt64, cpus: Set<Int>, hugePages: [PageSize: UInt64] = [:]
    ) {
        self.id = id
        self.total = total
        self.free = free
        self.cpus = cpus
        self.hugePages = hugePages
    }
}

/// A policy as the kernel takes it: what is left of a ``NUMAPolicy`` once `auto` is settled.
public enum NodePolicy: Sendable, Equatable {
    case bind(Set<Int>)
    case interleave(Set<Int>)
    case preferred(Int)
    /// Pages in turn by weight, laid out by whoever fills, since the kernel's own weights are the
    /// host's and not an object's.
    case weighted([Int: Int])
}

public enum PlacementError: Error, Sendable, Equatable {
    case failed(operation: String, reason: String)
}
