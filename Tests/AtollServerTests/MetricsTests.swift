// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollHost
import AtollServerTestSupport
import AtollTestSupport
import NIOHTTP1
import Testing

@testable import AtollServer

/// Figures as Prometheus reads them, and who may see whose.
@Suite(.timeLimit(.minutes(1))) struct MetricsTests {
    @Test func `the text is of the format`() {
        var text = MetricsText()
        text.family("none", .gauge, "Nothing.", [])
        text.family(
            "a_bytes", .gauge, "Of a.", [([("vm", "x\"y\\z\nw"), ("group", "g")], 5), ([], 6)])
        text.family("b_total", .counter, "Of b.", [([], .max)])
        #expect(
            text.text == """
                # HELP a_bytes Of a.
                # TYPE a_bytes gauge
                a_bytes{vm="x\\"y\\\\z\\nw",group="g"} 5
                a_bytes 6
                # HELP b_total Of b.
                # TYPE b_total counter
                b_total 18446744073709551615

                """)
    }

    @Test func `what groups take is told`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("g", quota: 3 << 20, vms: ["a"])
            _ = try await server.client.createRegion(
                RegionSpec(name: "r", size: 2 << 20), in: "g")
            let vm = try #require(server.host.hypervisor.snapshot.domains.keys.first)
            server.host.hypervisor.change {
                $0.memory[vm] = ProcessMemory(own: 1000, shared: 2 << 20)
            }
            await #expect(throws: APIError.self) {
                _ = try await server.client.createRegion(
                    RegionSpec(name: "s", size: 2 << 20), in: "g")
            }
            let account = try #require(
                try await server.client.status(of: "g").accounts?.first)
            #expect(account.quota == 3 << 20 && account.reserved == 2 << 20)
            #expect(account.resident == 2 << 20)
            #expect(account.total == 2 << 20 + 1000, "shared pages once")
            #expect(account.denials == 1)
            #expect(account.regions.map(\.nodes) == [["0": 2 << 20]])
            #expect(account.vms == [GuestAccount(vm: "a", own: 1000, shared: 2 << 20)])
            #expect(try await server.client.status().accounts == nil)
            try await RawClient.with(server.socket) { client in
                let answer = try await client.send(.GET, "/metrics")
                #expect(answer.headers["content-type"] == [MetricsText.mediaType])
                let lines = Set(answer.text.split(separator: "\n").map(String.init))
                for line in [
                    "atoll_group_quota_bytes{group=\"g\"} \(3 << 20)",
                    "atoll_group_memory_bytes{group=\"g\"} \(2 << 20 + 1000)",
                    "atoll_group_denials_total{group=\"g\"} 1",
                    "atoll_region_resident_bytes{group=\"g\",region=\"r\"} \(2 << 20)",
                    "atoll_region_node_bytes{group=\"g\",region=\"r\",node=\"0\"} \(2 << 20)",
                    "atoll_vm_own_bytes{group=\"g\",vm=\"a\"} 1000",
                    "atoll_hypervisor_connected 1", "atoll_groups 1",
                    "atoll_requests_total{status=\"409\"} 1",
                ] {
                    #expect(lines.contains(line), "\(line)")
                }
            }
        }
    }

    @Test func `an owner sees his own groups alone`() async throws {
        try await LiveServer.with(identify: .fixed(Caller(user: 7, isAdministrator: false))) {
            server in
            for (name, owner) in [("his", UInt32(7)), ("others", 8)] {
                _ = try await server.host.service.createGroup(
                    GroupSpec(name: name, quota: 1 << 20, owner: owner),
                    as: TestHost.administrator)
            }
            try await RawClient.with(server.socket) { client in
                let text = try await client.send(.GET, "/metrics").text
                #expect(text.contains("group=\"his\"") && !text.contains("others"))
                let error = try await client.send(.GET, "/v1/status?group=others").error
                #expect(error?.code == .noSuchGroup)
            }
        }
    }
}
