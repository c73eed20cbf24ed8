// SPDX-License-Identifier: Apache-2.0
public import AtollSystem
import CNuma
import Glibc

/// A file in memory, mapped whole to say and see where its pages lie.
public struct PlacedMemory: ~Copyable, Sendable {
    let mapping: Mapping
    /// Bytes.
    public let count: Int
    /// What hugetlbfs makes the file of; 4 KiB in every other file system, whose larger pages come and go.
    public let pageBytes: Int
    /// Whether it had no holes when it was mapped.
    let isWhole: Bool

    /// Throws ``Errno/noMemory`` where a file of hugetlbfs has no pages yet and the pool cannot give
    /// them all: they are set aside here.
    public init(_ path: String, writable: Bool) throws(Errno) {
        let file = try OwnedFD(opening: path, writable ? .write : [])
        let status = try file.status()
        let count = Int(clamping: status.bytes)
        guard count > 0 else { throw .invalidArgument }
        self.init(
            try Mapping(file, count: count, writable: writable),
            isWhole: status.allocated >= status.bytes)
    }

    private init(_ mapping: consuming Mapping, isWhole: Bool) {
        self.isWhole = isWhole
        count = mapping.count
        // SAFETY: only its number is used.
        let base = UInt(bitPattern: unsafe mapping.base)
        pageBytes = PageSizes(from: base, count: mapping.count).kernel
        self.mapping = mapping
    }

    /// Bytes by the size of the pages that this process maps them with.
    public func pages() -> [Int: Int] {
        // SAFETY: only its number is used.
        let base = UInt(bitPattern: unsafe mapping.base)
        return PageSizes(from: base, count: count).mapped
    }

    /// Sets the rule for pages that are taken from now on. tmpfs keeps it with the file, whoever goes;
    /// in hugetlbfs it holds for this mapping only.
    ///
    /// Throws ``Errno/invalidArgument`` where a node has no memory.
    ///
    /// - Parameter huge: pages are of 2 MiB, or will be: none of them is cut by weights.
    public func set(_ rule: NodeRule, huge: Bool = false) throws(Errno) {
        if rule == .none {
            // What this mapping has not set, the kernel thinks it need not take away.
            let whole = NodeRun(offset: 0, count: count, rule: .none)
            try bind(whole, mode: Self.local)
            return try bind(whole, mode: Int32(MPOL_DEFAULT))
        }
        for run in rule.runs(bytes: count, page: granule(huge)) {
            try bind(run, mode: run.rule.kernels.mode)
        }
    }

    /// MPOL_LOCAL, MPOL_MF_MOVE and MPOL_MF_MOVE_ALL, which the header has in forms that Swift does not
    /// read, or not at all.
    private static let local: Int32 = 4
    private static let move: Int32 = 1 << 1
    private static let moveAll: Int32 = 1 << 2

    func granule(_ huge: Bool) -> Int { huge ? max(pageBytes, 2 << 20) : pageBytes }

    private func bind(_ run: NodeRun, mode: Int32) throws(Errno) {
        let nodes = run.rule.kernels.nodes
        var mask = [UInt](repeating: 0, count: Nodes.limit / UInt.bitWidth)
        for node in nodes { mask[node / UInt.bitWidth] |= 1 << UInt(node % UInt.bitWidth) }
        // SAFETY: the run lies in this mapping, no byte of which changes; the kernel reads as many
        // bits of the mask as it has, and takes the limit for one more than that.
        let result = unsafe mbind(
            mapping.base + run.offset, UInt(run.count), mode, nodes.isEmpty ? nil : mask,
            nodes.isEmpty ? 0 : UInt(Nodes.limit + 1), 0)
        guard result == 0 else { throw Errno(code: errno) }
    }

    /// The rule that holds for the page at this offset.
    func rule(at offset: Int) throws(Errno) -> NodeRule {
        var mode: Int32 = 0
        var mask = [UInt](repeating: 0, count: Nodes.limit / UInt.bitWidth)
        // SAFETY: the kernel fills the number and at most as many bits as the mask has.
        let result = unsafe get_mempolicy(
            &mode, &mask, UInt(Nodes.limit), mapping.base + offset, UInt32(MPOL_F_ADDR))
        guard result == 0 else { throw Errno(code: errno) }
        let nodes = (0..<Nodes.limit).filter {
            mask[$0 / UInt.bitWidth] >> UInt($0 % UInt.bitWidth) & 1 == 1
        }
        return NodeRule(mode: mode, nodes: nodes)
    }

    /// On which node the page at each of these offsets lies; negative: it is not there. With `targets`
    /// it is moved to that node first, if the kernel can.
    func nodes(at offsets: [Int], targets: [Int32]? = nil) throws(Errno) -> [Int32] {
        // SAFETY: the offsets lie in this mapping.
        var pages = unsafe offsets.map { unsafe Optional(mapping.base + $0) }
        var status = [Int32](repeating: -1, count: offsets.count)
        // All processes that map the page, and not this one alone, have it elsewhere then.
        var flags = Self.moveAll
        while true {
            // SAFETY: each array has as many places as the count says; no byte of a page changes.
            let result = unsafe move_pages(0, UInt(pages.count), &pages, targets, &status, flags)
            if result >= 0 { return status }
            // Without CAP_SYS_NICE: those that nobody else maps.
            guard errno == EPERM, flags != Self.move else { throw Errno(code: errno) }
            flags = Self.move
        }
    }
}

extension NodeRule {
    /// The mode and nodes of mbind(2).
    fileprivate var kernels: (mode: Int32, nodes: [Int]) {
        switch self {
        case .none: (Int32(MPOL_DEFAULT), [])
        case .bind(let nodes): (Int32(MPOL_BIND), nodes)
        case .interleave(let nodes): (Int32(MPOL_INTERLEAVE), nodes)
        case .preferred(let node): (Int32(MPOL_PREFERRED), [node])
        case .weighted(let weights): (Int32(MPOL_INTERLEAVE), weights.map(\.node))
        }
    }

    /// From what the kernel says; of a mode that is none of ours, `none`.
    fileprivate init(mode: Int32, nodes: [Int]) {
        switch Int(mode & 0xff) {
        case Int(MPOL_BIND): self = .bind(nodes)
        case Int(MPOL_INTERLEAVE): self = .interleave(nodes)
        case Int(MPOL_PREFERRED) where nodes.count == 1: self = .preferred(nodes[0])
        default: self = .none
        }
    }
}
