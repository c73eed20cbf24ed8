// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollTestSupport
import Foundation
import Testing

@testable import AtollPlacement

struct HostTreeTests {
    private let root: TemporaryDirectory

    init() throws { root = try TemporaryDirectory() }

    private func write(_ path: String, _ text: String) throws {
        let file = URL(filePath: root.path + "/devices/system/node/" + path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    @Test func nodesAreWhatSysfsSays() throws {
        try write(
            "node0/meminfo",
            """
            Node 0 MemTotal:        1048576 kB
            Node 0 MemFree:          524288 kB
            Node 0 Active(file):       1024 kB
            Node 0 Inactive(file):     1024 kB
            Node 0 Shmem:            999999 kB
            """)
        try write("node0/cpulist", "0-1,4\n")
        try write("node0/hugepages/hugepages-2048kB/free_hugepages", "3\n")
        try write("node2/meminfo", "Node 2 MemTotal:  0 kB\n")
        try write("node2/cpulist", "\n")
        try write("possible", "0,2\n")
        #expect(
            HostTree(system: root.path).nodes() == [
                HostNode(
                    id: 0, total: 1 << 30, free: 526336 << 10, cpus: [0, 1, 4],
                    hugePages: [.huge2MiB: 6 << 20]),
                HostNode(id: 2, total: 0, free: 0, cpus: []),
            ])
    }

    @Test func aKernelWithoutNUMAHasOneNode() {
        let nodes = HostTree(system: root.path).nodes()
        #expect(nodes == [HostNode(id: 0, total: 0, free: 0, cpus: [])])
    }

    @Test func thisHostHasANodeWithMemory() {
        let nodes = HostTree(system: "/sys").nodes()
        #expect(nodes.contains { $0.total > 0 && $0.free <= $0.total && !$0.cpus.isEmpty })
    }
}
