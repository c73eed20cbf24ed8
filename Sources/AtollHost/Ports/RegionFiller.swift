// SPDX-License-Identifier: Apache-2.0
public import AtollAPI

/// The port through which a region's memory is taken: all pages at once, where they shall lie, charged
/// to whom they belong, before any VM sees them.
public protocol RegionFiller: Sendable {
    /// Fills the file at `order.path`, which has its size already. Tells by `progress` how many bytes
    /// are there, now and then. Cancelled or failed, it has left some pages taken or none: the caller
    /// removes the file.
    func fill(_ order: FillOrder, progress: @escaping @Sendable (UInt64) -> Void)
        async throws(FillError)
}

public struct FillOrder: Sendable, Equatable {
    public var path: String
    public var bytes: UInt64
    public var pages: PageSize
    /// Set on the object, so that it outlives whoever sets it; `nil`: the kernel's own way.
    public var nodes: NodePolicy?
    /// `nil`: this host charges nothing.
    public var ticket: ChargeTicket?
    /// Bytes of the host's memory that are left alone.
    public var reserve: UInt64

    public init(
        path: String, bytes: UInt64, pages: PageSize = .small, nodes: NodePolicy? = nil,
        ticket: ChargeTicket? = nil, reserve: UInt64 = 0
    ) {
        self.path = path
        self.bytes = bytes
        self.pages = pages
        self.nodes = nodes
        self.ticket = ticket
        self.reserve = reserve
    }
}

public enum FillError: Error, Sendable, Equatable {
    /// The group's account has no room: the kernel's limit, or what was left of it. Bytes.
    case overQuota(needed: UInt64, available: UInt64)
    /// The host has none, or the directory is full. Bytes; what of it was there.
    case noMemory(needed: UInt64, available: UInt64)
    /// No huge pages to be had; how many bytes of them were.
    case noHugePages(needed: UInt64, available: UInt64)
    case cancelled
    case failed(operation: String, reason: String)
}
