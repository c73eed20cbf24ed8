// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Foundation

/// What sysfs says of the host's nodes.
struct HostTree: Sendable {
    let system: String

    /// In rising order; at least one, for a kernel without NUMA shows none.
    func nodes() -> [HostNode] {
        let root = system + "/devices/system/node"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let nodes = names.compactMap { name -> HostNode? in
            guard name.hasPrefix("node"), let id = Int(name.dropFirst(4)), id >= 0 else {
                return nil
            }
            return node(id, at: "\(root)/\(name)")
        }
        return nodes.isEmpty
            ? [HostNode(id: 0, total: 0, free: 0, cpus: [])] : nodes.sorted { $0.id < $1.id }
    }

    private func node(_ id: Int, at path: String) -> HostNode {
        // `Node 0 MemTotal:  1024 kB`
        var kib: [Substring: UInt64] = [:]
        for line in text(path + "/meminfo").split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == ":" }
            if words.count >= 4, let count = UInt64(words[3]), count < 1 << 50 {
                kib[words[2]] = count
            }
        }
        // Pages of files can be dropped, unlike those of shared memory, which are counted among them
        // elsewhere and not in these two.
        let free = ["MemFree", "Active(file)", "Inactive(file)"].reduce(UInt64(0)) {
            $0 + (kib[Substring($1)] ?? 0)
        }
        var pools: [PageSize: UInt64] = [:]
        for size in PageSize.allCases where size != .small {
            let pool = "\(path)/hugepages/hugepages-\(size.bytes >> 10)kB/free_hugepages"
            guard let pages = UInt64(text(pool).trimmingCharacters(in: .whitespacesAndNewlines)),
                pages < 1 << 30
            else { continue }
            pools[size] = pages * size.bytes
        }
        return HostNode(
            id: id, total: (kib["MemTotal"] ?? 0) << 10, free: free << 10,
            cpus: Self.numbers(text(path + "/cpulist")), hugePages: pools)
    }

    private func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    /// `0-3,8`; of what is no such list, nothing.
    static func numbers(_ list: String) -> Set<Int> {
        var found: Set<Int> = []
        for part in list.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            let ends = part.split(separator: "-").map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
                first >= 0, last >= first, last < 1 << 16
            else { return [] }
            found.formUnion(first...last)
        }
        return found
    }
}
