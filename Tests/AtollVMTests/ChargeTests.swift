// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

extension VMTests {
    /// Whose memory a region is, by the kernel's own files: the group's, whatever VMs touch and
    /// whoever dies.
    @Suite(.stage("left", "right"), .timeLimit(.minutes(3))) struct Charging {
        let stage: Stage
        var lab: Lab { stage.lab }
        var daemon: Daemon { stage.daemon }
        let size = 64 << 20

        init() throws { stage = try Stage.current }

        // MARK: The kernel's figures

        /// Where the memory controller's groups are.
        private func top() async throws -> String {
            try await lab.run([
                "bash", "-c", "awk '$3 == \"cgroup\" && $4 ~ /memory/ { print $2 }' /proc/mounts",
            ]).trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private func usage(_ group: String, _ name: String = "memory.usage_in_bytes") async throws
            -> Int
        {
            let path = try await "\(top())/\(group)/\(name)"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            return try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        }

        /// Pages of shared memory among them.
        private func shared(_ group: String) async throws -> Int {
            let path = try await "\(top())/\(group)/memory.stat"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let line = text.split(separator: "\n").first { $0.hasPrefix("total_shmem ") }
            return try #require(line?.split(separator: " ").last.flatMap { Int($0) })
        }

        /// The group that libvirt has given the VM.
        private func group(of vm: String) async throws -> String {
            let machine = try await top() + "/machine"
            let names = try FileManager.default.contentsOfDirectory(atPath: machine)
            let name = try #require(names.first { $0.hasSuffix("-\(vm).libvirt-qemu") })
            return "machine/\(name)"
        }

        private var account: String { "atoll/g.group" }
        private var leaf: String { "atoll/g.group/r.region" }

        // MARK: The tests

        @Test func `no VM is charged, and the charge goes with the region`() async throws {
            try await stage.withGroup(regions: [:]) {
                let vms = [try await group(of: "left"), try await group(of: "right")]
                var before: [Int] = []
                for vm in vms { before.append(try await shared(vm)) }
                try await daemon.order("region", "create", "g", "r", "--size", "64M")
                try await daemon.joined(["left", "right"])
                #expect(try await shared(leaf) == size)
                #expect(try await shared(account) == size)
                for vm in ["left", "right"] {
                    #expect(try await lab.guest(vm, "bar touch 64") == "")
                }
                for (vm, bytes) in zip(vms, before) { #expect(try await shared(vm) == bytes) }
                #expect(try await shared(leaf) == size)
                let quota = try await daemon.ask(Quota.self, "quota", "show", "g")
                let charge = try #require(quota.charge)
                #expect(charge.used == UInt64(try await usage(account)))
                #expect(charge.regions["r"] == UInt64(try await usage(leaf)))
                #expect(quota.reserved == UInt64(size))
                // Who took part may die: nothing is charged anew, and nothing is let go.
                daemon.send(SIGKILL)
                try await daemon.ended()
                #expect(try await shared(leaf) == size)
                try await lab.virsh("destroy", "left")
                #expect(try await shared(leaf) == size)
                try await daemon.start()
                #expect(try await shared(leaf) == size)
                try await daemon.order("region", "delete", "g", "r", "--force")
                #expect(try await shared(account) == 0)
                #expect(try await !FileManager.default.fileExists(atPath: top() + "/" + leaf))
            }
        }

        @Test func `a wall that is too near refuses the region, and nobody dies`() async throws {
            try await stage.withGroup(regions: [:]) {
                let limit = try await "\(top())/\(account)/memory.limit_in_bytes"
                let states = try await lab.virsh("list", "--name", "--state-running")
                try "\(size - 4096)".write(toFile: limit, atomically: false, encoding: .utf8)
                // Above the daemon's own account, so that it does not set it right.
                let parent = try await "\(top())/atoll/memory.limit_in_bytes"
                try "\(size - 4096)".write(toFile: parent, atomically: false, encoding: .utf8)
                try await lab.cleaning {
                    let refusal = try await daemon.refusal(
                        "region", "create", "g", "r", "--size", "64M")
                    #expect(refusal.error.code == .quotaExceeded)
                    #expect(refusal.code == 1)
                } by: {
                    try? "-1".write(toFile: parent, atomically: false, encoding: .utf8)
                }
                #expect(try await lab.virsh("list", "--name", "--state-running") == states)
                #expect(try await shared(account) == 0)
                #expect(try await daemon.group().regions.isEmpty)
                #expect(try await daemon.events().map(\.kind).contains("quota.exceeded"))
                // With room again it is made.
                try await daemon.order("region", "create", "g", "r", "--size", "64M")
                #expect(try await shared(leaf) == size)
            }
        }

        @Test func `a quota is changed at run time, down to what there is`() async throws {
            try await stage.withGroup(regions: ["r": 64]) {
                let refusal = try await daemon.refusal("quota", "set", "g", "32M")
                #expect(refusal.error.code == .quotaBelowUse)
                #expect(refusal.error.message.contains("64 MiB"))
                try await daemon.order("quota", "set", "g", "64M", "--soft", "32M")
                let limit = try await usage(account, "memory.limit_in_bytes")
                #expect(limit >= size && limit < size + (4 << 20))
                #expect(try await usage(account, "memory.soft_limit_in_bytes") == 32 << 20)
                #expect(try await daemon.events().map(\.kind).contains("quota.soft"))
                let more = try await daemon.refusal("region", "create", "g", "s", "--size", "1M")
                #expect(more.error.code == .quotaExceeded)
            }
        }
    }

    /// The same in both of the kernel's trees: what the host has, and v2 in a VM of its own.
    @Suite(.timeLimit(.minutes(3))) struct ChargeTrees {
        private func built(_ name: String) -> String {
            URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: name).path
        }

        private func check(_ said: String, _ tree: String) {
            #expect(said.hasPrefix("tree: \(tree);"), "\(said)")
            #expect(said.split(separator: "\n").last == "ok all", "\(said)")
        }

        @Test func here() async throws {
            let lab = try Lab()
            let memory = try await lab.run([
                "bash", "-c",
                "cd /dev/shm && mkdir probe && cd / && '\(built(".build/debug/atoll-charge-probe"))' "
                    + "/atoll-probe '\(built(".build/debug/atoll-fill"))' /dev/shm/probe 256; "
                    + "rm -r /dev/shm/probe; find /sys/fs/cgroup -depth -path '*/atoll-probe*' "
                    + "-type d -exec rmdir {} +",
            ])
            check(memory, "v1")
        }

        @Test func inAVMWithV2() async throws {
            let lab = try Lab()
            let image = ["--image", built(".build/charge-vm"), "--memory", "1536"]
            try await lab.withVM(image) { vm in
                let said = try await lab.guest(
                    vm,
                    "mkdir /cg /m && mount -t cgroup2 cg /cg && mount -t tmpfs -o size=600m m /m && "
                        + "atoll-charge-probe /atoll /usr/bin/atoll-fill /m 128")
                check(said, "v2")
            }
        }
    }
}
