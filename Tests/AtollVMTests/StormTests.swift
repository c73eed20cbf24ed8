// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

extension VMTests {
    /// Several clients at once do what comes into their heads with real VMs, and the daemon is killed in
    /// the middle of it. Then the world is what the ledger says; and when all is deleted, nothing is left.
    ///
    /// `ATOLL_SEQUENCES=500` for more of them; `ATOLL_SEED=N ATOLL_SEQUENCES=1` for one that failed.
    @Suite(.stage("kept", transient: "brief"), .timeLimit(.minutes(600))) struct Storms {
        let stage: Stage
        var lab: Lab { stage.lab }
        var daemon: Daemon { stage.daemon }

        init() throws { stage = try Stage.current }

        private static let groups = ["g", "h"]
        private static let regions = ["r", "s"]
        private static let vms = ["kept", "brief"]

        @Test func randomSequences() async throws {
            let environment = ProcessInfo.processInfo.environment
            let count = environment["ATOLL_SEQUENCES"].flatMap { UInt64($0) } ?? 8
            let first = environment["ATOLL_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...1 << 32)
            print("sequences: ATOLL_SEED=\(first) ATOLL_SEQUENCES=\(count)")
            let before = try await lab.traces()
            for seed in first..<first + count { try await sequence(seed, before) }
        }

        private func sequence(_ seed: UInt64, _ before: Traces) async throws {
            let words = "ATOLL_SEED=\(seed) ATOLL_SEQUENCES=1"
            var random = Random(seed: seed)
            let pause = Duration.milliseconds(Int.random(in: 10...1500, using: &random))
            try await withThrowingTaskGroup { clients in
                for client in 0..<3 {
                    let seed = random.next()
                    clients.addTask {
                        var random = Random(seed: seed)
                        for _ in 0..<4 { try await act(&random, client) }
                    }
                }
                clients.addTask {
                    try await Task.sleep(for: pause)
                    daemon.send(SIGKILL)
                    try await daemon.ended()
                    try await daemon.start()
                }
                try await clients.waitForAll()
            }
            try await stage.boot("kept")
            try await daemon.ready()
            try await eventually("\(words): all is settled; the log: \(daemon.log)") {
                try await agrees()
            }
            for group in try await daemon.ask([Group].self, "group", "list") {
                try await daemon.order("group", "delete", group.name, "--force")
            }
            #expect(try await lab.traces() == before, "\(words)")
            #expect(try await daemon.ask([Group].self, "group", "list").isEmpty, "\(words)")
        }

        /// One thing that a client, or a VM, does. It may be refused, or not be answered.
        private func act(_ random: inout Random, _ client: Int) async throws {
            let group = Self.groups.randomElement(using: &random)!
            let region = Self.regions.randomElement(using: &random)!
            let vm = Self.vms.randomElement(using: &random)!
            let words: [String] =
                switch Int.random(in: 0..<12, using: &random) {
                case 0...1: ["group", "create", group, "--quota", "64MiB"]
                case 2...4: ["region", "create", group, region, "--size", "1M"]
                case 5...7: ["member", "add", group, vm]
                case 8: ["region", "delete", group, region, "--force"]
                case 9: ["member", "remove", group, vm, "--force"]
                case 10: ["group", "delete", group, "--force"]
                default: []
                }
            if words.isEmpty {
                // One client alone, so that a VM is not started while it is being stopped.
                if client == 0 {
                    _ = try? await lab.virsh("destroy", "kept")
                    _ = try? await lab.virsh("start", "kept")
                }
            } else {
                _ = try await daemon.atoll(words).ending()
            }
        }

        /// Whether ledger, memory and definitions tell the same.
        private func agrees() async throws -> Bool {
            let groups = try await daemon.ask([Group].self, "group", "list")
            var traces = Traces(
                memory: groups.flatMap { $0.regions.map(\.object) }.sorted(), cgroups: [])
            for group in groups where !group.regions.isEmpty {
                let objects = group.regions.map(\.object).sorted()
                for member in group.members {
                    traces.live[member.vm] = objects
                    if member.vm == "kept" { traces.stored["kept"] = objects }
                }
            }
            let found = try await lab.traces()
            return groups.allSatisfy { $0.regions.allSatisfy { $0.state == .ready } }
                && found.memory == traces.memory && found.live == traces.live
                && found.stored == traces.stored
        }
    }
}

/// SplitMix64: the same numbers for the same seed.
private struct Random: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
