// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollSystem
import AtollTestSupport
import Foundation
import Testing

extension VMTests {
    /// A region with a doorbell in three VMs, and a peer on the host that they ring all the time.
    @Suite(.serialized, .timeLimit(.minutes(5)), .stage("one", "two", "three"))
    struct Doorbells {
        let stage: Stage
        private var lab: Lab { stage.lab }
        private var daemon: Daemon { stage.daemon }
        /// The slot of the peer on the host.
        private static let witness = 60

        init() throws { stage = try Stage.current }

        private var base: String { daemon.directory + "/doorbell/atoll.g.r" }

        /// Connects this process, whom the table does not know until now.
        private func connect() async throws -> DoorbellClient {
            let table = base + ".slots"
            var text = try String(contentsOfFile: table, encoding: .utf8)
            let line = "\(Self.witness) process \(getpid())\n"
            if !text.contains(line) {
                text += line
                try text.write(toFile: table, atomically: true, encoding: .utf8)
            }
            let client = try DoorbellClient(base + ".sock")
            try await client.greeted()
            return client
        }

        private func server() throws -> Int32 {
            let text = try String(contentsOfFile: base + ".lock", encoding: .utf8)
            return try #require(Int32(text.split { $0.isWhitespace }.last ?? ""))
        }

        /// From now on the guest rings the peer on the host by this vector, ten times a second.
        private func ring(from vm: String, vector: Int) async throws {
            let loop = "while :; do bar ring \(Self.witness) \(vector); sleep 0.1; done"
            _ = try await lab.guest(vm, "(\(loop)) >/dev/null 2>&1 &")
        }

        /// Waits until the server has these and the peer on the host.
        private func connected(_ slots: [Int]) async throws {
            let expected = Set(slots + [Self.witness])
            try await eventually("\(slots) are connected; the log: \(daemon.log)") {
                let text = try String(contentsOfFile: base + ".peers", encoding: .utf8)
                let found = text.split(separator: "\n").compactMap {
                    Int($0.prefix { $0 != " " })
                }
                return Set(found) == expected
            }
        }

        private func rings(_ client: DoorbellClient, _ vector: Int, _ what: String) async throws {
            _ = try client.own[vector].take()
            try await eventually("\(what): the host is rung; the log: \(daemon.log)") {
                try client.read()
                return try client.own[vector].take() > 0
            }
        }

        private func cutOff() async throws -> [String] {
            let region = try await daemon.ask(Region.self, "region", "show", "g", "r")
            return try #require(region.doorbell).cutOff.sorted()
        }

        @Test func everyPartDiesWhileTheOthersRing() async throws {
            try await stage.withGroup(regions: [:]) {
                try await daemon.order(
                    "region", "create", "g", "r", "--size", "16M", "--doorbell")
                #expect(try await cutOff() == [])
                var host = try await connect()
                #expect(host.memory?.bytes == 16 << 20)
                let slots = try await daemon.group().members.reduce(into: [String: Int]()) {
                    $0[$1.vm] = $1.slot
                }
                try await host.wait("the VMs") { Set($0.others.keys) == Set(slots.values) }
                for vm in stage.vms { try await ring(from: vm, vector: slots[vm]! == 0 ? 0 : 1) }
                try await rings(host, 0, "by one VM")
                try await rings(host, 1, "by the others")

                // Each VM in turn; the daemon is dead when the last comes back.
                let process = try server()
                for vm in stage.vms {
                    let slot = slots[vm]!
                    try await lab.virsh("destroy", vm)
                    try await connected(slots.values.filter { $0 != slot })
                    try await rings(host, slot == 0 ? 1 : 0, "while \(vm) is gone")
                    if vm == stage.vms.last {
                        daemon.send(SIGKILL)
                        try await daemon.ended()
                    }
                    try await lab.virsh("start", vm)
                    try await connected(Array(slots.values))
                    try await lab.vm("wait", vm)
                    try await ring(from: vm, vector: slot == 0 ? 0 : 1)
                    try await rings(host, slot == 0 ? 0 : 1, "\(vm) is back")
                }
                try await daemon.start()
                #expect(try server() == process)
                #expect(try await cutOff() == [])

                // What a killed server takes with it, and how it is mended.
                try Signal.send(Signal.kill, to: process)
                try await host.refused()
                try await rings(host, 0, "without a server")
                try await eventually("a server runs again; the log: \(daemon.log)") {
                    let region = try await daemon.ask(Region.self, "region", "show", "g", "r")
                    return region.doorbell
                        == AtollAPI.Doorbell(
                            vectors: 2, isServed: true, cutOff: stage.vms)
                }
                try await eventually("it is told; the log: \(daemon.log)") {
                    try await daemon.events().contains { $0.kind == "region.doorbell-restarted" }
                }
                host = try await connect()
                #expect(host.others.isEmpty)
                let first = stage.vms[0]
                try await lab.virsh("destroy", first)
                try await lab.virsh("start", first)
                try await lab.vm("wait", first)
                let second = stage.vms[1]
                try await daemon.order("member", "remove", "g", second)
                try await daemon.order("member", "add", "g", second)
                // The table is the daemon's, and has lost the host's peer; who is connected stays.
                try await eventually("two VMs are mended") {
                    try await cutOff() == [stage.vms[2]]
                }
                try await host.wait("two VMs") { $0.others.count == 2 }
                try await ring(from: first, vector: 1)
                try await rings(host, 1, "by a VM that has been started anew")
            }
        }
    }
}
