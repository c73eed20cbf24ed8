// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollClient
import AtollHost
import AtollServerTestSupport
import AtollTestSupport
import Foundation
import Testing

/// Every route by the client, over a real socket, down to the ledger and a fake hypervisor.
@Suite(.timeLimit(.minutes(1))) struct RouteTests {
    @Test func `groups are made, listed, shown and deleted`() async throws {
        try await LiveServer.with { server in
            let client = server.client
            let made = try await client.createGroup(GroupSpec(name: "g", quota: 1 << 30, owner: 5))
            #expect(made.name == "g")
            #expect(made.owner == 5)
            #expect(try await client.groups() == [made])
            #expect(try await client.group("g") == made)
            try await client.deleteGroup("g")
            #expect(try await client.groups() == [])
        }
    }

    @Test func `members are added, listed and removed`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("g")
            server.host.hypervisor.add("vm 1/ü")
            let client = server.client
            let member = try await client.addMember(MemberSpec(vm: "vm 1/ü"), to: "g")
            #expect(member.vm == "vm 1/ü")
            #expect(try await client.members(of: "g") == [member])
            try await client.removeMember("vm 1/ü", from: "g")
            #expect(try await client.members(of: "g") == [])
        }
    }

    @Test func `regions are made, listed, shown and deleted`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("g", vms: ["vm1"])
            let client = server.client
            let region = try await client.createRegion(
                RegionSpec(name: "r", size: 1 << 20), in: "g")
            #expect(region.attachments.map(\.vm) == ["vm1"])
            #expect(try await client.regions(of: "g") == [region])
            // Who asks for one is also told where its memory lies, as it was when that was asked.
            var shown = try await client.region("r", of: "g")
            #expect(shown.memory?.nodes == [.init(node: 0, bytes: 1 << 20)])
            #expect(try await client.group("g").regions == [shown])
            shown.memory = nil
            #expect(shown == region)
            var last: MoveProgress?
            for try await step in try await client.moveRegion("r", of: "g", to: .bind([0])) {
                last = step
            }
            #expect(last == MoveProgress(done: 1 << 20, total: 1 << 20, left: 0))
            await #expect(throws: APIError.self) {
                _ = try await client.moveRegion("r", of: "g", to: .bind([1]))
            }
            try await client.deleteRegion("r", of: "g", force: true)
            #expect(try await client.regions(of: "g") == [])
            #expect(server.host.memory.files == [])
        }
    }

    @Test func `force reaches the host, and its absence too`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("g", vms: ["vm1"])
            let refused = await refusal { try await server.client.deleteGroup("g") }
            #expect(refused == .groupNotEmpty)
            try await server.client.deleteGroup("g", force: true)
            #expect(try await server.client.groups() == [])
        }
    }

    @Test func `a job that nobody can run is refused before it streams`() async throws {
        try await LiveServer.with { server in
            try await server.host.group("g", vms: ["vm1"])
            let client = server.client
            _ = try await client.createRegion(RegionSpec(name: "r", size: 1 << 20), in: "g")
            #expect(try await client.jobs(of: "g") == [])
            let run = await refusal {
                _ = try await client.run(JobSpec(arguments: ["true"]), in: "g")
            }
            #expect(run == .noMembersJoined)
            let signal = await refusal { try await client.signalJob(1, in: "g", signal: 15) }
            #expect(signal == .noSuchJob)
        }
    }

    @Test func `the daemon tells of itself`() async throws {
        try await LiveServer.with { server in
            let client = server.client
            #expect(try await client.status().version == atollVersion)
            #expect(try await client.doctor().contains { $0.name == "hypervisor" })
            #expect(await refusal { try await client.ready() } == .notReady)
            let running = Task { await server.host.service.run() }
            try await eventually { (try? await client.ready()) != nil }
            running.cancel()
            await running.value
        }
    }
}

/// The code of the API's error that `body` throws.
func refusal(_ body: () async throws -> Void) async -> ErrorCode? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? APIError)?.code
    }
}
