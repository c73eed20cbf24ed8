// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollLibvirt
import Foundation
import Testing

/// Regions of huge pages in running VMs, from each source that a host can have.
extension VMTests.Daemons {
    private var pool: String { "\(lab.directory)/huge" }

    @Test func aRegionOfThePoolIsSharedLikeAnyOther() async throws {
        let (error, _) = try await refusedWithoutASource()
        #expect(error.code == .noHugePages)
        try await withPool(pages: 12) {
            try await stage.withGroup(regions: [:]) {
                try await create("16M", "2MiB")
                try await isShared(mebibytes: 16)
                let region = try await shown()
                #expect(region.memory?.pages == [.init(size: .huge2MiB, bytes: 16 << 20)])
                let name = "/dev/shm/atoll.g.r"
                let target = try FileManager.default.destinationOfSymbolicLink(atPath: name)
                #expect(target == "\(pool)/atoll.\(region.id.uuidString.lowercased())")
                #expect(try free() == 4)
                // What a daemon that dies leaves is found by the next.
                daemon.send(SIGKILL)
                try await daemon.ended()
                try await daemon.start()
                try await daemon.joined(stage.vms)
                #expect(try await lab.guest("b", peeksIntoRegionOf: 16) == "0x00C0FFEE")
                let (error, _) = try await daemon.refusal(
                    "region", "create", "g", "s", "--size", "16M", "--pages", "2MiB")
                #expect(error.code == .noHugePages)
                #expect(error.message.contains("8 MiB left"))
                try await daemon.order("region", "delete", "g", "r", "--force")
                #expect(try free() == 12)
                #expect(try FileManager.default.contentsOfDirectory(atPath: pool) == [])
                try await lab.expect(.emptyGroup("g"))
            }
        }
    }

    @Test func aRegionOfTheMemoryDirectoryHasHugePages() async throws {
        try await lab.run(["mount", "-o", "remount,huge=advise", "/dev/shm"])
        try await lab.cleaning {
            try await stage.withGroup(regions: [:]) {
                try await create("32M", "2MiB")
                try await isShared(mebibytes: 32)
                #expect(
                    try await shown().memory?.pages == [.init(size: .huge2MiB, bytes: 32 << 20)])
                try await daemon.order("region", "move", "g", "r", "--numa", "bind:0")
                #expect(try await shown().memory?.policy == .bind([0]))
                try await daemon.order("region", "delete", "g", "r", "--force")
                try await lab.expect(.emptyGroup("g"))
            }
        } by: {
            _ = try? await lab.run(["mount", "-o", "remount,huge=never", "/dev/shm"])
        }
    }

    @Test func whereAVMsVCPUsMayRunIsKnown() async throws {
        try await lab.withHypervisor { hypervisor in
            let id = try await hypervisor.known("a").id
            try await stage.boot("a")
            try await lab.virsh("vcpupin", "a", "0", "0")
            try await lab.cleaning {
                let places = try await hypervisor.vcpus(of: id)
                #expect(places.count == 2)
                #expect(places.first?.allowed == [0])
                #expect(places.last?.allowed.contains(1) == true)
                #expect(places.allSatisfy { $0.current != nil })
            } by: {
                _ = try? await lab.virsh("vcpupin", "a", "0", "0-1")
            }
        }
    }

    private func refusedWithoutASource() async throws -> (error: APIError, code: Int) {
        var refusal: (error: APIError, code: Int)?
        try await stage.withGroup(regions: [:]) {
            refusal = try await daemon.refusal(
                "region", "create", "g", "r", "--size", "2M", "--pages", "2MiB")
        }
        return try #require(refusal)
    }

    private func create(_ size: String, _ pages: String) async throws {
        try await daemon.order("region", "create", "g", "r", "--size", size, "--pages", pages)
        try await daemon.joined(stage.vms)
    }

    private func isShared(mebibytes: Int) async throws {
        try await lab.guest("a", pokes: "0x00C0FFEE", intoRegionOf: mebibytes)
        #expect(try await lab.guest("b", peeksIntoRegionOf: mebibytes) == "0x00C0FFEE")
        #expect(try lab.lastWord(ofRegion: "atoll.g.r") == "0x00C0FFEE")
    }

    private func shown() async throws -> AtollAPI.Region {
        try await daemon.ask(AtollAPI.Region.self, "region", "show", "g", "r")
    }

    private static var counts: String { "/sys/kernel/mm/hugepages/hugepages-2048kB" }

    private func free() throws -> Int {
        let text = try String(contentsOfFile: Self.counts + "/free_hugepages", encoding: .utf8)
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
    }

    /// The host's pool is one for all of it: what the test adds goes again.
    private func withPool(pages: Int, body: () async throws -> Void) async throws {
        let count = Self.counts + "/nr_hugepages"
        let before = try String(contentsOfFile: count, encoding: .utf8)
        try await lab.run(["bash", "-c", "echo \(pages) >\(count)"])
        try await lab.cleaning {
            try await lab.run(["mkdir", "-p", pool])
            try await lab.run(["mount", "-t", "hugetlbfs", "-o", "pagesize=2M", "none", pool])
            try await lab.cleaning {
                try await body()
            } by: {
                _ = try? await lab.run(["umount", pool])
            }
        } by: {
            _ = try? await lab.run(["bash", "-c", "echo \(before.dropLast()) >\(count)"])
        }
    }
}
