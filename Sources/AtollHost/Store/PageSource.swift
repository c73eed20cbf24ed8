// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation

/// Where a region's pages come from.
enum PageSource: Sendable, Equatable {
    /// tmpfs, in the pages that it likes.
    case memory
    /// tmpfs, in pages of 2 MiB: its mount listens to those who ask for them.
    case transparent
    /// A mount of hugetlbfs, which takes from the kernel's pool.
    case pool(mount: String)
}

/// What the host has of huge pages.
struct HugePages: Sendable {
    struct Mount: Sendable, Equatable {
        var point: String
        var type: String
        var options: [Substring]

        func option(_ name: String) -> Substring? {
            options.first { $0.hasPrefix(name + "=") }?.dropFirst(name.count + 1)
        }
    }

    let mounts: [Mount]
    let poolDirectory: String

    /// - Parameter table: as `/proc/mounts`, whose spaces in names are octal; a place with such a name
    ///   is not used.
    init(table: String, poolDirectory: String) {
        self.poolDirectory = poolDirectory
        mounts = table.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count >= 4, !words[1].contains("\\") else { return nil }
            return Mount(
                point: String(words[1]), type: String(words[2]),
                options: words[3].split(separator: ","))
        }
    }

    init(_ configuration: HostConfiguration) {
        let table = try? String(contentsOfFile: configuration.mountTable, encoding: .utf8)
        self.init(table: table ?? "", poolDirectory: configuration.poolDirectory)
    }

    /// Mounts of hugetlbfs with pages of this size that regions can be made in, the earliest first.
    func pools(_ size: PageSize) -> [String] {
        mounts.filter { mount in
            mount.type == "hugetlbfs" && mount.options.contains("rw")
                && mount.option("pagesize").flatMap(Self.bytes) == size.bytes
        }.map(\.point)
    }

    /// Every place where a file of hugetlbfs can be.
    var allPools: [String] { mounts.filter { $0.type == "hugetlbfs" }.map(\.point) }

    /// Whether a file in this directory, itself a mount, gets pages of 2 MiB when it asks.
    func listens(_ directory: String) -> Bool {
        let mount = mounts.last { $0.point == directory }
        guard let mount, mount.type == "tmpfs", let huge = mount.option("huge") else {
            return false
        }
        return ["advise", "within_size", "always"].contains(huge)
    }

    /// Where pages of this size can come from, the best first. tmpfs before a pool, which the operator
    /// may have set aside for VMs.
    func sources(_ size: PageSize, directory: String) -> [PageSource] {
        guard size != .small else { return [.memory] }
        let transparent: [PageSource] =
            size == .huge2MiB && listens(directory) ? [.transparent] : []
        return transparent + pools(size).map { .pool(mount: $0) }
    }

    /// Bytes in the kernel's pool that nobody has taken or set aside.
    func free(_ size: PageSize) -> UInt64 {
        let pool = "\(poolDirectory)/hugepages-\(size.bytes >> 10)kB"
        func count(_ file: String) -> UInt64 {
            let text = (try? String(contentsOfFile: "\(pool)/\(file)", encoding: .utf8)) ?? ""
            return min(UInt64(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0, 1 << 30)
        }
        let (free, reserved) = (count("free_hugepages"), count("resv_hugepages"))
        return free > reserved ? (free - reserved) * size.bytes : 0
    }

    /// `2M`, `1024M`, `2048kB`: as the kernel writes a mount's page size.
    private static func bytes(_ text: Substring) -> UInt64? { ByteSize(String(text))?.bytes }
}
