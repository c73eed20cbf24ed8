// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollTestSupport
import Foundation
import Testing

@testable import AtollHost

/// What the host does with doorbell servers, here ones of records.
@Suite(.timeLimit(.minutes(1))) struct DoorbellTests {
    private static let root = TestHost.administrator
    private static let object = "atoll.g.r"

    private func region(_ host: TestHost) async throws -> AtollAPI.Region {
        try await host.service.region("r", of: "g", as: Self.root)
    }

    private func made(vms: [String] = ["a", "b"]) async throws -> TestHost {
        let host = try TestHost()
        try await host.group(vms: vms)
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20, doorbell: true), in: "g", as: Self.root)
        return host
    }

    @Test func aRegionHasADoorbellWhereItIsAskedFor() async throws {
        let host = try await made()
        let order = try #require(host.doorbells.snapshot.serving[Self.object])
        #expect(order.bytes == 1 << 20 && order.vectors == 2)
        #expect(order.memory == host.memory.path + "/" + Self.object)
        for domain in host.hypervisor.snapshot.domains.values {
            #expect(domain.live.map(\.doorbell?.socket) == ["/fake/atoll.g.r.sock"])
            #expect(domain.stored.map(\.doorbell?.vectors) == [2])
        }
        _ = try await host.service.createRegion(
            RegionSpec(name: "plain", size: 1 << 20), in: "g", as: Self.root)
        #expect(host.doorbells.snapshot.serving.count == 1)
        let plain = try await host.service.region("plain", of: "g", as: Self.root)
        #expect(plain.doorbell == nil)
    }

    @Test func theTableFollowsTheMembers() async throws {
        let host = try await made(vms: ["a"])
        let a = try #require(host.hypervisor.snapshot.domains.values.first).id
        #expect(host.doorbells.snapshot.seats[Self.object] == [.init(slot: 0, holder: .vm(a))])
        let b = host.hypervisor.add("b")
        _ = try await host.service.addMember(MemberSpec(vm: "b"), to: "g", as: Self.root)
        #expect(
            host.doorbells.snapshot.seats[Self.object]
                == [.init(slot: 0, holder: .vm(a)), .init(slot: 1, holder: .vm(b))])
        try await host.service.removeMember("a", from: "g", force: true, as: Self.root)
        #expect(host.doorbells.snapshot.seats[Self.object] == [.init(slot: 1, holder: .vm(b))])
    }

    @Test func whoeverAServerDoesNotKnowIsCutOff() async throws {
        let host = try await made()
        #expect(try await region(host).doorbell?.cutOff == ["a", "b"])
        host.doorbells.change { $0.connected = [Self.object: [0, 1]] }
        #expect(
            try await region(host).doorbell == Doorbell(vectors: 2, isServed: true, cutOff: []))
        // It is killed, and forgets.
        host.doorbells.change { world in
            world.serving = [:]
            world.connected = [:]
        }
        #expect(
            try await region(host).doorbell
                == Doorbell(vectors: 2, isServed: false, cutOff: ["a", "b"]))
        await host.service.reconcileAll()
        #expect(try await region(host).doorbell?.isServed == true)
        // A VM that is started anew connects; one that stands still is not cut off.
        let a = host.hypervisor.snapshot.domains.values.first { $0.name == "a" }!.id
        host.hypervisor.stop(a, silently: true)
        await host.service.handle(.stopped(a))
        #expect(try await region(host).doorbell?.cutOff == ["b"])
        var kinds: Set<String> = []
        for await event in try await host.service.events(
            since: 0, group: "g", follow: false, as: Self.root)
        {
            kinds.insert(event.kind)
        }
        #expect(kinds.contains("region.doorbell-restarted"))
    }

    @Test func aRegionThatIsGoneHasNoServer() async throws {
        let host = try await made()
        try await host.service.deleteRegion("r", of: "g", force: true, as: Self.root)
        #expect(host.doorbells.snapshot.serving.isEmpty && host.doorbells.snapshot.seats.isEmpty)
    }

    @Test func aServerOfNoRegionIsEnded() async throws {
        let host = try await made()
        host.doorbells.change { world in
            world.serving["atoll.other.r"] = world.serving[Self.object]
        }
        await host.service.reconcileAll()
        #expect(Array(host.doorbells.snapshot.serving.keys) == [Self.object])
    }

    @Test func memoryThatIsMadeAnewGetsAnotherServer() async throws {
        let host = try await made()
        host.doorbells.change { $0.connected = [Self.object: [0, 1]] }
        try FileManager.default.removeItem(atPath: host.memory.path + "/" + Self.object)
        await host.service.reconcileAll()
        // The one that had the old memory was ended, and with it what it knew.
        #expect(host.doorbells.snapshot.serving[Self.object] != nil)
        #expect(host.doorbells.snapshot.connected[Self.object] == nil)
    }

    @Test func aServerThatDoesNotStartLeavesNothing() async throws {
        let host = try TestHost()
        try await host.group(vms: ["a"])
        host.doorbells.change { $0.isRefusing = true }
        let error = await #expect(throws: APIError.self) {
            _ = try await host.service.createRegion(
                RegionSpec(name: "r", size: 1 << 20, doorbell: true), in: "g", as: Self.root)
        }
        #expect(error?.code == .systemFailure)
        #expect(try await host.service.regions(of: "g", as: Self.root).isEmpty)
        #expect(host.memory.files.isEmpty && host.doorbells.objects().isEmpty)
    }

    @Test func aLostLedgerKnowsDoorbellsByTheVMs() async throws {
        let host = try await made()
        let directory = try TemporaryDirectory(inMemory: true)
        try Data("no ledger".utf8).write(to: URL(filePath: directory.path + "/ledger.sqlite"))
        let lost = try TestHost(
            hypervisor: host.hypervisor, quota: host.quota, doorbells: host.doorbells,
            memory: host.memory, directory: directory)
        await lost.service.reconcileAll()
        let groups = try await lost.service.groups(as: Self.root)
        #expect(groups.flatMap(\.regions).map(\.doorbell?.vectors) == [2])
        #expect(host.doorbells.snapshot.serving[Self.object] != nil)
    }

    @Test func snapshotsAndMovesTakeNoNoticeOfIt() async throws {
        let host = try await made()
        let session = try await host.service.snapshot("r", of: "g", live: false, as: Self.root)
        while try session.next() != nil {}
        _ = try await host.service.finish(session)
        try await Wreck.restore(try await region(host), host)
        let moves = try await host.service.moveRegion(
            "r", of: "g", MoveSpec(numa: .none), as: Self.root)
        for await step in moves { #expect(step.error == nil) }
        #expect(try await region(host).doorbell?.isServed == true)
        #expect(try await region(host).state == .ready)
    }
}
