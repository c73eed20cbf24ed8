// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Logging

/// On which of the host's nodes, and in which pages, regions lie.
extension HostService {
    /// Refuses pages that are not to be had. Whether the region's memory is set aside already, in a
    /// pool, and so no part of what the host has free.
    func checkPages(_ row: RegionRow) throws(APIError) -> Bool {
        guard row.pages != .small else { return false }
        let size = UInt64(clamping: row.size)
        if size < row.pages.bytes {
            throw APIError(
                code: .sizeTooSmall,
                message: "a region of huge pages is at least one of \(row.pages.rawValue)",
                value: "\(ByteSize(bytes: size))", remedy: "choose a larger size, or small pages")
        }
        let huge = HugePages(configuration)
        let sources = huge.sources(row.pages, directory: configuration.memoryDirectory)
        if sources.contains(.transparent) || row.pagesFallback { return false }
        if sources.isEmpty { throw Self.noSource(row.pages) }
        let free = huge.free(row.pages)
        if free < size {
            throw APIError(
                code: .noHugePages,
                message: "the host's pool has \(ByteSize(bytes: free)) left in pages of "
                    + row.pages.rawValue,
                value: "\(ByteSize(bytes: size))",
                remedy: "reserve more: echo N > \(huge.poolDirectory)/hugepages-"
                    + "\(row.pages.bytes >> 10)kB/nr_hugepages; or let it fall back to small pages")
        }
        return true
    }

    /// Refuses a policy that names nodes that are not there or have too little memory.
    func checkNodes(_ row: RegionRow, in state: GroupState) async throws(APIError) {
        guard row.numa != .none else { return }
        let nodes = try await placement { () throws(PlacementError) in
            try await ports.placement.nodes()
        }
        try Self.check(row.numa, nodes: nodes)
        guard let policy = try await settle(row.numa, of: state, nodes: nodes) else { return }
        // What a pool holds is not free to anybody else; what tmpfs takes is.
        let sources = HugePages(configuration).sources(
            row.pages, directory: configuration.memoryDirectory)
        let isPool =
            !sources.isEmpty && !sources.contains(.memory) && !sources.contains(.transparent)
        for (chosen, bytes) in policy.demands(UInt64(clamping: row.size)) {
            let there = nodes.filter { chosen.contains($0.id) }
            guard there.contains(where: { $0.total > 0 }) else { continue }
            let free = there.reduce(UInt64(0)) {
                $0 + (isPool ? $1.hugePages[row.pages] ?? 0 : $1.free)
            }
            guard free < bytes, !row.pagesFallback else { continue }
            throw APIError(
                code: isPool ? .noHugePages : .hostMemory,
                message: "\(Self.list(there.map(\.id))) of the host has \(ByteSize(bytes: free)) "
                    + (isPool ? "of huge pages left" : "free"),
                value: "\(ByteSize(bytes: bytes))",
                remedy: "choose other nodes, or a smaller size")
        }
    }

    static func check(_ policy: NUMAPolicy, nodes: [HostNode]) throws(APIError) {
        let able = nodes.filter { $0.total > 0 || nodes.count == 1 }
        for node in policy.nodes.sorted() where !able.contains(where: { $0.id == node }) {
            let isThere = nodes.contains { $0.id == node }
            throw APIError(
                code: .noSuchNode,
                message: "node \(node) of the host \(isThere ? "has no memory" : "does not exist")",
                value: policy.description,
                remedy: "there is memory on \(list(able.map(\.id)))")
        }
    }

    private static func list(_ nodes: [Int]) -> String {
        (nodes.count == 1 ? "node " : "nodes ")
            + nodes.sorted().map(String.init).joined(separator: ", ")
    }

    /// What the kernel is told; `nil`: nothing.
    func settle(_ policy: NUMAPolicy, of state: GroupState, nodes known: [HostNode]? = nil)
        async throws(APIError) -> NodePolicy?
    {
        switch policy {
        case .none: return nil
        case .bind(let nodes): return .bind(nodes)
        case .interleave(let nodes): return .interleave(nodes)
        case .preferred(let node): return .preferred(node)
        case .weighted(let weights): return .weighted(weights)
        case .auto: break
        }
        var nodes = known ?? []
        if known == nil {
            nodes = try await placement { () throws(PlacementError) in
                try await ports.placement.nodes()
            }
        }
        var places: [VCPUPlace] = []
        for member in state.members where !member.leaving {
            places += try await world { () throws(HypervisorError) in
                try await hypervisor.vcpus(of: member.vm)
            }
        }
        return NodePolicy(running: places, on: nodes)
    }

    /// Looks where a region's memory lies. A look that fails leaves what was seen last.
    func look(at row: RegionRow) async {
        guard row.state == .ready, let file = try? store.file(of: row) else { return }
        do throws(PlacementError) {
            let seen = try await ports.placement.look(path: file)
            // It may have gone meanwhile.
            if mapped[row.id] != nil { looked[row.id] = seen }
        } catch {
            logger.warning(
                "cannot look where a region's memory lies",
                metadata: ["region": "\(row.object)", "reason": "\(error)"])
        }
    }

    func placement<T: Sendable>(_ body: () async throws(PlacementError) -> T)
        async throws(APIError) -> T
    {
        do throws(PlacementError) { return try await body() } catch { throw error.api }
    }
}

extension PlacementError {
    var api: APIError {
        switch self {
        case .failed(let operation, let reason):
            APIError(
                code: .systemFailure, message: "cannot \(operation): \(reason)",
                remedy: "see the daemon's log")
        }
    }
}
