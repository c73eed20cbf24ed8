// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollTestSupport
import Foundation
import Testing

@testable import AtollRegion

/// What VMs do, and what the ledger and the region's header then say.
@Suite(.timeLimit(.minutes(1))) struct LifecycleTests {
    let root = TestHost.administrator

    /// Runs `body` while the host follows its hypervisor.
    private func following(_ host: TestHost, _ body: () async throws -> Void) async throws {
        let service = host.service
        let run = Task { await service.run() }
        defer { run.cancel() }
        try await body()
    }

    private func member(_ host: TestHost, _ vm: String = "a") async throws -> Member {
        try #require(
            try await host.service.members(of: "g", as: root).first { $0.vm == vm })
    }

    private func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// The region as a guest would map it.
    private func guest(_ host: TestHost) throws -> AtollRegion.Region {
        try openRegion(host.memory.path + "/atoll.g.r")
    }

    private func join(_ region: AtollRegion.Region, _ slot: Int) {
        region.join(
            slot: slot,
            MemberPresence(
                incarnation: region.member(slot).incarnation, state: .joined, vcpus: 2,
                mapping: .file, lockedOperation: 10, heartbeat: 0))
    }

    private func host(_ vms: [String]) async throws -> TestHost {
        let host = try TestHost()
        try await host.group(vms: vms)
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "g", as: root)
        return host
    }

    @Test func joiningAndLosing() async throws {
        let host = try await host(["a", "b"])
        let region = try guest(host)
        try await following(host) {
            #expect(try await member(host).state == .running)
            join(region, 0)
            #expect(try await member(host).state == .joined)
            let epoch = region.epoch
            host.hypervisor.stop(try await member(host).uuid)
            try await until { try await member(host).state == .lost }
            #expect(region.member(0).state == .lost)
            #expect(region.epoch > epoch)
            #expect(region.isAlive(slot: 1, incarnation: region.member(1).incarnation))
        }
    }

    @Test func everyBootHasItsIncarnation() async throws {
        let host = try await host(["a"])
        let region = try guest(host)
        try await following(host) {
            join(region, 0)
            let first = try await member(host)
            host.hypervisor.stop(first.uuid)
            try await until { try await member(host).state == .lost }
            host.hypervisor.start(first.uuid)
            try await until { try await member(host).state == .running }
            let second = try await member(host)
            #expect(second.incarnation > first.incarnation)
            #expect(region.member(0).state == .assigned)
            #expect(region.member(0).incarnation == second.incarnation)
            #expect(!region.hasJoined(slot: 0), "the agent of the boot before does not count")
            host.hypervisor.tell(.rebooted(first.uuid))
            try await until { try await member(host).incarnation > second.incarnation }
        }
    }

    /// A VM that never joined was not lost: nobody relied on it.
    @Test func stoppingUnnoticed() async throws {
        let host = try await host(["a"])
        try await following(host) {
            host.hypervisor.stop(try await member(host).uuid)
            try await until { try await member(host).state == .stopped }
        }
    }

    /// A transient VM comes back without the device; the host plugs it in again.
    @Test func aNewBootGetsItsRegions() async throws {
        let host = try await host(["a"])
        let id = try await member(host).uuid
        try await following(host) {
            host.hypervisor.stop(id)
            host.hypervisor.change { $0.domains[id]?.stored = [] }
            host.hypervisor.start(id)
            try await until { host.hypervisor.snapshot.domains[id]?.live.isEmpty == false }
        }
    }

    /// What happened while nobody listened is noticed: at the daemon's start, and when the
    /// hypervisor comes back.
    @Test func missedEvents() async throws {
        let host = try await host(["a", "b"])
        let region = try guest(host)
        let (a, b) = (try await member(host, "a"), try await member(host, "b"))
        host.hypervisor.stop(a.uuid, silently: true)
        host.hypervisor.stop(b.uuid, silently: true)
        host.hypervisor.start(b.uuid, silently: true)
        try await following(host) {
            try await until { try await member(host, "a").state == .stopped }
            try await until { try await member(host, "b").incarnation > b.incarnation }
            #expect(region.member(0).state == .lost)
            host.hypervisor.start(a.uuid, silently: true)
            host.hypervisor.tell(.reconnected)
            try await until { try await member(host, "a").state == .running }
        }
    }

    @Test func deletingWaitsForTheAgents() async throws {
        let host = try await host(["a"])
        let region = try guest(host)
        join(region, 0)
        let error = await #expect(throws: APIError.self) {
            try await host.service.deleteRegion("r", of: "g", force: false, as: root)
        }
        #expect(error?.code == .regionInUse)
        let agent = Task {
            while region.state != .draining { try await Task.sleep(for: .milliseconds(1)) }
            region.leave(slot: 0)
        }
        try await host.service.deleteRegion("r", of: "g", force: true, as: root)
        try await agent.value
        #expect(host.memory.files.isEmpty)
        #expect(try await host.service.regions(of: "g", as: root).isEmpty)
    }

    @Test func eventsTellTheStory() async throws {
        let host = try await host(["a"])
        let region = try guest(host)
        try await following(host) {
            join(region, 0)
            let events = try await host.service.events(since: 0, group: "g", follow: true, as: root)
            var kinds: [String] = []
            for await event in events {
                kinds.append(event.kind)
                if event.kind == "member.joined" {
                    host.hypervisor.stop(try await member(host).uuid)
                }
                if event.kind == "member.lost" { break }
            }
            #expect(
                kinds == [
                    "group.created", "member.added", "region.created", "member.joined",
                    "member.lost",
                ])
        }
    }

    /// After the host itself went down and came up, its shared memory is empty: the region is made
    /// anew before a VM's start could make QEMU do it.
    @Test func memoryIsMadeAnew() async throws {
        let host = try await host(["a"])
        let id = try await member(host).uuid
        host.hypervisor.stop(id, silently: true)
        try FileManager.default.removeItem(atPath: host.memory.path + "/atoll.g.r")
        let again = try TestHost(
            hypervisor: host.hypervisor, memory: host.memory, directory: host.directory)
        try await following(again) {
            try await until { !host.memory.files.isEmpty }
            host.hypervisor.start(id)
            try await until { (try? guest(host))?.member(0).state == .assigned }
        }
    }
}
