// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollServerTestSupport
import AtollTestSupport
import Foundation
import Testing

@testable import AtollHost
@testable import AtollRegion

/// A process, as a guest would, writes over all of its region while the daemon serves another group.
@Suite(.timeLimit(.minutes(2)), .serialized) struct HostileGuestTests {
    let root = TestHost.administrator
    private static let size: UInt64 = 16 << 20

    private func host(_ hypervisor: FakeHypervisor = FakeHypervisor()) async throws -> TestHost {
        let host = try TestHost(
            hypervisor: hypervisor, configure: { $0.stuckBound = .milliseconds(20) })
        try await host.group("bad", vms: ["a", "b"])
        try await host.group("good", vms: ["c", "d"])
        for group in ["bad", "good"] {
            _ = try await host.service.createRegion(
                RegionSpec(name: "r", size: Self.size), in: group, as: root)
        }
        return host
    }

    /// One job of the good group, which says and returns what it should.
    private func job(_ host: TestHost, _ agent: ScriptedAgent, _ round: Int) async throws {
        let stream = try await host.service.run(
            JobSpec(arguments: ["p"]), in: "good", as: root)
        let ticket = try await agent.job()
        agent.write(ticket, rank: 0, "round \(round)\n")
        agent.end(ticket, rank: 1)
        agent.end(ticket, rank: 0, status: UInt32(round % 3) << 8)
        var events: [JobEvent] = []
        for await event in stream { events.append(event) }
        #expect(
            events.contains(
                .output(vm: "c", stream: .stdout, data: Data("round \(round)\n".utf8))))
        guard case .finished(round % 3, _) = events.last else {
            return #expect(Bool(false), "\(events)")
        }
        while agent.board.state(ticket) != .free { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// Asks all that can be asked about the rogue's group, and tries a job there.
    private func ask(_ host: TestHost) async throws {
        let report = try await host.service.syncReport(of: "bad", as: root)
        for object in report.objects {
            #expect(object.name == object.name.printable, "a name is harmless")
            #expect(object.waiting.count <= 64)
        }
        _ = try Wire.encode(report)
        _ = try Wire.encode(try await host.service.group("bad", as: root))
        _ = try Wire.encode(await host.service.status(as: root))
        let error = await #expect(throws: APIError.self) {
            try await host.service.deleteGroup("bad", force: false, as: root)
        }
        #expect(error?.code == .groupNotEmpty)
        let stream = try? await host.service.run(
            JobSpec(arguments: ["p"], report: true), in: "bad", as: root)
        guard let stream else { return }
        // That it has started, and then nobody listens.
        var iterator = stream.makeAsyncIterator()
        _ = await iterator.next()
    }

    private func events(_ host: TestHost, of group: String) async throws -> [Event] {
        var events: [Event] = []
        let all = try await host.service.events(since: 0, group: group, follow: false, as: root)
        for await event in all { events.append(event) }
        return events
    }

    @Test(arguments: [
        "zeros", "ones", "random", "flips", "replay", "jobs", "objects", "teams", "rings", "joins",
        "race",
    ])
    func aRogueHarmsItsOwnGroupAlone(variation: String) async throws {
        let host = try await host()
        let path = host.memory.path + "/atoll.bad.r"
        let agent = try ScriptedAgent(host.memory.path + "/atoll.good.r", slots: [0, 1])
        _ = try ScriptedAgent(path, slots: [0, 1])
        let service = host.service
        let running = Task { await service.run() }
        defer { running.cancel() }
        let rogue = Program("atoll-rogue", [path, variation, "7"])
        try await eventually { rogue.outputSoFar.contains("rogue") }

        let before = await service.work
        var reports = 0
        var round = 0
        while await service.work.looks < before.looks + 16 || round < 6 {
            try await job(host, agent, round)
            try await ask(host)
            reports += 1
            round += 1
        }
        let after = await service.work
        let layout = try RegionLayout(bytes: Self.size)
        // A job of the rogue's group, too, tells of its objects at its end; and jobs bring output.
        let views = after.views - before.views + 2 * reports
        let output = reports * (4 * JobLaunch.bytesPerPoll + 64 * 64 * 100)
        let most =
            (after.looks - before.looks + 2) * LookCost.look(layout)
            + (views + 2) * LookCost.view(layout) + output
        #expect(
            after.bytes - before.bytes <= UInt64(most), "\(after.bytes - before.bytes) of \(most)")

        // Nothing of it is the other group's.
        let good = try await service.group("good", as: root)
        #expect(good.members.map(\.state) == [.joined, .joined])
        let said = try await events(host, of: "good").map(\.kind)
        #expect(
            Set(said).isSubset(of: [
                "group.created", "member.added", "member.joined", "region.created", "job.started",
                "job.finished",
            ]), "\(said)")
        #expect(said.filter { $0 == "job.finished" }.count == round)
        let bad = try await events(host, of: "bad")
        #expect(bad.filter { $0.kind.hasPrefix("member.joined") }.count <= GuestEvents.most + 10)
        #expect(bad.allSatisfy { $0.message == $0.message.printable })

        // While it still writes, and then when it has ended.
        let isEarly = ["ones", "teams", "race"].contains(variation)
        if !isEarly { try await rogue.signal(9) }
        try await service.deleteRegion("r", of: "bad", force: true, as: root)
        if isEarly { try await rogue.signal(9) }
        #expect(host.memory.files == ["atoll.good.r"])
        _ = try await service.createRegion(
            RegionSpec(name: "r", size: Self.size), in: "bad", as: root)
        _ = try openRegion(path)
        try await service.deleteGroup("bad", force: true, as: root)
        try await service.deleteGroup("good", force: true, as: root)
        #expect(host.memory.files.isEmpty)
    }

    /// What the ledger knows the object by is not in its bytes.
    @Test(arguments: ["zeros", "ones", "random"])
    func aRuinedHeaderIsMendedAtTheNextStart(variation: String) async throws {
        let hypervisor = FakeHypervisor()
        let first = try await host(hypervisor)
        let path = first.memory.path + "/atoll.bad.r"
        let rogue = Program("atoll-rogue", [path, variation])
        try await eventually { rogue.outputSoFar.contains("rogue") }
        try await rogue.signal(9)
        _ = try await rogue.result()
        #expect(throws: RegionError.self) { _ = try openRegion(path) }
        let second = try TestHost(
            hypervisor: hypervisor, memory: first.memory, directory: first.directory)
        let service = second.service
        let running = Task { await service.run() }
        defer { running.cancel() }
        try await eventually { await service.isReady() }
        let region = try openRegion(path)
        #expect(region.identity.groupName == Array("bad".utf8))
        #expect(region.member(1).name == Array("b".utf8))
        #expect(
            try await events(second, of: "bad").filter { $0.kind == "region.mended" }.count == 1)
        #expect(
            try await events(second, of: "good").allSatisfy { $0.kind != "region.mended" })
        try await service.deleteRegion("r", of: "bad", force: true, as: root)
        #expect(second.memory.files == ["atoll.good.r"])
    }

    /// A file of the same name and size, whatever it says of itself, is not the region.
    @Test func anotherFileIsNotTheRegion() async throws {
        let hypervisor = FakeHypervisor()
        let first = try await host(hypervisor)
        let path = first.memory.path + "/atoll.bad.r"
        let copy = first.memory.path + "/copy"
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: copy, toPath: path)
        try FileManager.default.setAttributes([.ownerAccountID: 4242], ofItemAtPath: path)
        try await first.service.deleteRegion("r", of: "bad", force: true, as: root)
        #expect(first.memory.files == ["atoll.bad.r", "atoll.good.r"])
    }
}

extension HostService {
    /// What has been read of regions, and how often they were looked at.
    fileprivate var work: (looks: Int, views: Int, bytes: UInt64) {
        (seen.looks, stuck.looks, store.meter.bytes)
    }
}
