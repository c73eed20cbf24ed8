// SPDX-License-Identifier: Apache-2.0
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
    public func ticket(region: String, group: String) async throws(QuotaError) -> ChargeTicket {
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
    public func residence(path: String, bytes: UInt64) async throws(PlacementError) -> [Int: UInt64]
    {
        [0: bytes]
    }
    public func move(
        path: String, bytes: UInt64, to policy: NodePolicy,
        progress: @escaping @Sendable (UInt64) -> Void
    ) async throws(PlacementError) -> UInt64 { 0 }
}
