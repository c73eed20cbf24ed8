// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollSystem

/// Takes memory in this process, which is charged for it: for hosts that charge nothing, and for tests.
public struct InProcessFiller: RegionFiller {
    public init() {}

    public func fill(_ order: FillOrder, progress: @escaping @Sendable (UInt64) -> Void)
        async throws(FillError)
    {
        // Taking gigabytes of pages blocks for seconds: not on a thread of Swift's pool.
        try await blocking { () throws(FillError) in
            do throws(Errno) {
                let file = try OwnedFD(opening: order.path, .write)
                try file.allocate(order.bytes)
            } catch {
                guard error == .noSpace || error == .noMemory else {
                    throw .failed(operation: "fill \(order.path)", reason: error.words)
                }
                throw .noMemory(needed: order.bytes, available: 0)
            }
        }
        progress(order.bytes)
    }
}

/// Charges nothing: for tests, and until the host has been looked at.
public struct NoQuotaController: QuotaController {
    public init() {}
    public func status() async -> ChargeStatus {
        ChargeStatus(tree: .none, root: "", finding: "regions are charged to nobody's group")
    }
    public func open(_ account: ChargeAccount) async throws(QuotaError) {}
    public func ticket(region: String, group: String, pages: PageSize) async throws(QuotaError)
        -> ChargeTicket
    {
        throw .unavailable(reason: "nothing charges")
    }
    public func charge(of group: String) async throws(QuotaError) -> GroupCharge? { nil }
    public func close(region: String, group: String) async throws(QuotaError) {}
    public func close(group: String) async throws(QuotaError) {}
    public func accounts() async throws(QuotaError) -> [String: Set<String>] { [:] }
}

/// A host with one node.
public struct OneNodePlacement: Placement {
    public init() {}
    public func nodes() async throws(PlacementError) -> [HostNode] {
        [HostNode(id: 0, total: 0, free: 0, cpus: [])]
    }
    public func look(path: String) async throws(PlacementError) -> RegionMemory {
        let bytes = (try? FileStatus.ofName(path)?.bytes) ?? 0
        return RegionMemory(
            nodes: [.init(node: 0, bytes: bytes)], pages: [.init(size: .small, bytes: bytes)],
            policy: .none)
    }
    public func move(
        path: String, to policy: NodePolicy?, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws(PlacementError) -> UInt64 { 0 }
}
