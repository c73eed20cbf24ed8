// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
public import AtollHost
import AtollSystem
import Foundation

/// The host's own NUMA nodes: what they are, from sysfs; where pages lie, by a helper that maps them.
public struct NUMAPlacement: Placement {
    private let helper: PlaceHelper
    private let tree: HostTree

    /// - Parameter system: where sysfs is; elsewhere in tests.
    public init(helper: PlaceHelper, system: String = "/sys") {
        self.helper = helper
        tree = HostTree(system: system)
    }

    public func nodes() async throws(PlacementError) -> [HostNode] { tree.nodes() }

    public func look(path: String) async throws(PlacementError) -> RegionMemory {
        let ending = try await run(["look", path])
        guard ending.isWhole else { throw Self.failure("look at \(path)", ending) }
        return RegionMemory(ending.lines)
    }

    public func move(
        path: String, to policy: NodePolicy?, progress: @escaping @Sendable (UInt64) -> Void
    ) async throws(PlacementError) -> UInt64 {
        let ending = try await run(["move", path, policy?.text ?? "none"], progress: progress)
        guard ending.isWhole, let left = ending.number("left") else {
            throw Self.failure("move \(path)", ending)
        }
        return left
    }

    private func run(
        _ arguments: [String], progress: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) async throws(PlacementError) -> PlaceHelper.Ending {
        do { return try await helper.run(arguments, progress: progress) } catch {
            throw .failed(operation: "start \(helper.path)", reason: error.localizedDescription)
        }
    }

    static func failure(_ operation: String, _ ending: PlaceHelper.Ending) -> PlacementError {
        .failed(operation: operation, reason: reason(ending))
    }

    static func reason(_ ending: PlaceHelper.Ending) -> String {
        guard let code = ending.number("failed").flatMap({ Int32(exactly: $0) }) else {
            return "atoll-place ended with \(ending.code)"
        }
        return String(decoding: Errno(code: code).text, as: UTF8.self)
    }
}

extension RegionMemory {
    /// From the helper's lines.
    init(_ lines: [[Substring]]) {
        var memory = RegionMemory(nodes: [], pages: [], policy: .none)
        for words in lines {
            switch (words.first, words.count) {
            case ("node", 3):
                guard let node = Int(words[1]), let bytes = UInt64(words[2]) else { continue }
                memory.nodes.append(OnNode(node: node, bytes: bytes))
            case ("page", 3):
                guard let size = PageSize.allCases.first(where: { "\($0.bytes)" == words[1] }),
                    let bytes = UInt64(words[2])
                else { continue }
                memory.pages.append(OfSize(size: size, bytes: bytes))
            case ("rule", 2): memory.policy = NUMAPolicy(String(words[1])) ?? .none
            default: continue
            }
        }
        self = memory
    }
}
