// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollSystem
import Foundation

@testable import AtollCgroup
@testable import AtollDoctor
@testable import AtollHost
@testable import AtollLibvirt
@testable import AtollNUMA
@testable import AtollPlacement

/// Texts by the files that they stand in, below a directory that goes with the run. The input is cut at
/// its NULs: the first text is the first file's.
private func withFiles(_ names: [String], _ bytes: [UInt8], _ body: (String) -> Void) {
    let root = FileManager.default.temporaryDirectory.path + "/atoll-fuzz-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: root) }
    let texts = bytes.split(separator: 0, omittingEmptySubsequences: false)
    for (name, text) in zip(names, texts) where !text.isEmpty {
        let url = URL(filePath: root + "/" + name)
        try? FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? Data(text).write(to: url)
    }
    body(root)
}

/// The kernel's texts of control groups: mounts, figures, events.
enum CgroupFuzz {
    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        switch (bytes.first ?? 0) % 3 {
        case 0: find(text)
        case 1: charge(Array(bytes.dropFirst()))
        default:
            guard let setting = CgroupSetting(text) else { return }
            promise(setting.text == text, "a setting reads as it is written")
            promise(!text.contains("/../"), "a place lies below the top")
        }
    }

    private static func find(_ text: String) {
        for mount in Mount.all(text) { promise(Mount.all(text).contains(mount), "the same again") }
        for hasSystemd in [false, true] {
            guard
                let tree = try? Tree.find(
                    .automatic, mountinfo: text, hasSystemd: hasSystemd,
                    controllers: { Set($0.split(separator: "/").map(String.init)) })
            else { continue }
            promise((1...2).contains(tree.hierarchies.count), "a controller is in one tree")
            promise(
                tree.memory.directory(tree.path(of: "r", in: "g")).hasSuffix("/g.group/r.region"),
                "an account has its place")
        }
    }

    private static func charge(_ bytes: [UInt8]) {
        for version in [Hierarchy.Version.v1, .v2] {
            let files = Files.memory(version)
            let huge = Files.huge(version, .huge2MiB)!
            let group = "atoll/g.group/"
            let names =
                [files.usage, files.limit, files.peak, files.events, huge.usage, huge.events].map {
                    group + $0
                } + [group + "r.region/" + files.usage, group + "r.region/" + huge.usage]
            withFiles(names, bytes) { root in
                let hierarchy = Hierarchy(version: version, top: root)
                let tree = Tree(
                    memory: hierarchy, huge: hierarchy, parent: "/atoll", isDelegated: false)
                let charge = try? Account(tree, "g").charge()
                promise((charge?.limit ?? 0) < 1 << 62, "no limit is none")
                _ = try? Account(tree, "g").ticket("r", .small)
            }
        }
    }
}

/// What the kernel says of a process's memory, and of its command line.
enum SmapsFuzz {
    static func run(_ bytes: [UInt8]) {
        let sizes = PageSizes(bytes, from: 0x7f00_0000_0000, count: 2 << 20)
        promise(sizes.mapped.values.allSatisfy { $0 > 0 }, "what is not there is not told")
        let text = String(decoding: bytes, as: UTF8.self)
        let path = "/dev/shm/atoll.g.r"
        let memory = GuestProcess.memory(smaps: text, objects: [path])
        let none = GuestProcess.memory(smaps: text, objects: [])
        promise(none.shared == 0, "nothing is shared where there is nothing to share")
        promise(
            none.own == memory.own &+ memory.shared || none.own == .max,
            "what is shared is not its own")
        _ = GuestProcess.vm(commandLine: Data(bytes))
    }
}

/// A host's files, as the doctor, the look for nodes and the look for huge pages read them.
enum DoctorFuzz {
    private static let names = [
        "proc/mounts", "etc/libvirt/qemu.conf", "etc/apparmor.d/abstractions/libvirt-qemu",
        "sys/module/apparmor/parameters/enabled", "proc/cpuinfo",
        "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages",
        "sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages",
        "sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages",
        "sys/devices/system/node/node0/meminfo", "sys/devices/system/node/node0/cpulist",
        "sys/devices/system/node/node1/meminfo",
        "sys/devices/system/node/node1/hugepages/hugepages-2048kB/free_hugepages",
    ]

    static func run(_ bytes: [UInt8]) {
        withFiles(names, bytes) { root in
            let checks = HostChecks(root: root).run()
            promise(checks.count == 9 && checks.allSatisfy { !$0.finding.isEmpty }, "all is told")
            let nodes = HostTree(system: root + "/sys").nodes()
            promise(!nodes.isEmpty && nodes.count <= 2, "a node is a directory")
            promise(Set(nodes.map(\.id)).count == nodes.count, "no node is told twice")
            let policy = NodePolicy(
                running: nodes.flatMap(\.cpus).prefix(300).map {
                    VCPUPlace(current: $0, allowed: [$0])
                }, on: nodes)
            if let policy { promise(NUMAPolicy(policy.text) != nil, "a policy can be written") }
            let table = bytes.prefix { $0 != 0 }
            let pages = HugePages(
                table: String(decoding: table, as: UTF8.self),
                poolDirectory: root + "/sys/kernel/mm/hugepages")
            for size in PageSize.allCases {
                _ = pages.free(size)
                let sources = pages.sources(size, directory: "/dev/shm")
                promise(sources.contains(.memory) == (size == .small), "small pages are tmpfs's")
            }
        }
        let list = Nodes.numbers(String(decoding: bytes.prefix(64), as: UTF8.self))
        promise(list.allSatisfy { (0..<1 << 16).contains($0) }, "a list has an end")
    }
}
