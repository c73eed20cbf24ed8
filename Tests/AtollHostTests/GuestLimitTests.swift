// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollTestSupport
import CAtollABI
import Foundation
import Testing

@testable import AtollHost
@testable import AtollRegion

/// What guests and slow followers may take of the daemon.
@Suite(.timeLimit(.minutes(1))) struct GuestLimitTests {
    let root = TestHost.administrator

    private func host(_ configure: (inout HostConfiguration) -> Void = { _ in }) async throws
        -> TestHost
    {
        let host = try TestHost(configure: configure)
        try await host.group(vms: ["a", "b"])
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "g", as: root)
        return host
    }

    @Test func eventsThatGuestsCauseHaveAnEnd() {
        var events = GuestEvents()
        let (one, other) = (UUID(), UUID())
        let start = ContinuousClock.now
        let verdicts = (0..<1000).map { _ in events.verdict(one, now: start) }
        #expect(verdicts.prefix(GuestEvents.most).allSatisfy { $0 == .tell })
        #expect(verdicts[GuestEvents.most] == .tellOfFlood)
        #expect(verdicts.dropFirst(GuestEvents.most + 1).allSatisfy { $0 == .keepQuiet })
        #expect(events.verdict(other, now: start) == .tell)
        let later = start + GuestEvents.pause * 2
        #expect(
            (0..<4).map { _ in events.verdict(one, now: later) } == [
                .tell, .tell, .tellOfFlood, .keepQuiet,
            ])
        #expect(events.verdict(one, now: later + .seconds(1_000_000)) == .tell)
    }

    /// As the service writes them down.
    @Test func eventsOfOneRegionAreNotAll() async throws {
        let host = try await host()
        let group = try #require(try host.service.ledger.groupState("g"))
        let region = group.regions[0].id
        for _ in 0..<GuestEvents.most + 50 {
            await host.service.recordOfGuest(region, "member.joined", group.group, "a", "joined")
        }
        var kinds: [String] = []
        let events = try await host.service.events(since: 0, group: "g", follow: false, as: root)
        for await event in events { kinds.append(event.kind) }
        #expect(kinds.count { $0 == "member.joined" } == GuestEvents.most)
        #expect(kinds.count { $0 == "region.noisy" } == 1)
    }

    /// Clearing one away goes through all rings and the directory.
    @Test func oneJobIsClearedAwayInALook() async throws {
        let host = try await host()
        let agent = try ScriptedAgent(host.memory.path + "/atoll.g.r", slots: [0, 1])
        let members = [(slot: 0, incarnation: agent.region.member(0).incarnation)]
        let request = JobRequest(
            payload: JobPayload(directory: [], arguments: [Array("p".utf8)], environment: []),
            members: members, threadsPerVM: 1)
        let nobody = JobLauncher(slot: nil, incarnation: 0, leaseMilliseconds: 60_000)
        for number in 0..<2 {
            _ = try JobLaunch(request, on: agent.board, from: nobody, now: UInt64(1 + number))
        }
        // Over, each of them, and of a daemon that is gone.
        for ticket in agent.posted { agent.end(ticket, rank: 0) }
        func jobs() -> Int {
            (0..<agent.board.slots).count { agent.board.look($0).state != .free }
        }
        #expect(jobs() == 2)
        await host.service.lookAtRegions()
        #expect(jobs() == 1)
        await host.service.lookAtRegions()
        #expect(jobs() == 0)
    }

    @Test func textOfGuestsHasNothingToObey() {
        #expect(GuestText(Array("job.3.lock".utf8)).shown == "job.3.lock")
        #expect(GuestText(Array("\u{1B}[2Jx\n\u{202E}".utf8)).shown == "?[2Jx??")
        #expect(GuestText([0xff, 0x41]).shown == "\u{FFFD}A")
        #expect(GuestText([UInt8](repeating: 0x41, count: 1000)).shown.count == 64)
    }

    @Test func aFollowerThatDoesNotReadIsToldSoAndLetGo() async throws {
        let host = try await host { $0.eventsUntaken = 3 }
        let events = try await host.service.events(since: 0, group: "g", follow: true, as: root)
        let past = try await host.service.events(since: 0, group: "g", follow: false, as: root)
        var known = 0
        for await _ in past { known += 1 }
        for n in 0..<10 {
            _ = try await host.service.createRegion(
                RegionSpec(name: "r\(n)", size: 1 << 20), in: "g", as: root)
        }
        var got: [Event] = []
        for await event in events { got.append(event) }
        #expect(got.count == known + 4)
        let last = try #require(got.last)
        #expect(last.kind == "follower.slow")
        // Nothing is lost to who asks again as it says.
        #expect(last.id == got[got.count - 2].id)
        #expect(await host.service.followers.isEmpty)
    }

    @Test func outputThatNobodyTakesWaitsInTheRegion() async throws {
        let host = try await host()
        let agent = try ScriptedAgent(host.memory.path + "/atoll.g.r", slots: [0, 1])
        let stream = try await host.service.run(
            JobSpec(arguments: ["p"], vms: 1), in: "g", as: root)
        let ticket = try await agent.job()
        precondition(agent.board.advance(ticket, rank: 0, from: .wanted, to: .running))
        var ring = OutputRing(
            agent.region, index: agent.board.part(ticket, rank: 0).ring)!
        let text = [UInt8](repeating: 0x78, count: 512)
        let most = RunningJob.mostUntaken + JobLaunch.bytesPerPoll + (1 << 20)
        var (written, inVain) = (0, 0)
        while written < 2 * most, inVain < 500 {
            if ring.write(stream: 1, text[...]) {
                (written, inVain) = (written + text.count, 0)
            } else {
                inVain += 1
                agent.region.beat(slot: 0)
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        #expect(written <= most, "\(written)")
        // All of it comes once somebody takes it.
        precondition(agent.board.advance(ticket, rank: 0, from: .running, to: .exited))
        var taken = 0
        for await event in stream {
            if case .output(_, _, let data) = event { taken += data.count }
        }
        #expect(taken == written)
    }

    @Test func regionsAndJobsOfAGroupHaveALimit() async throws {
        let host = try await host {
            $0.regionsPerGroup = 2
            $0.jobsPerGroup = 1
        }
        _ = try ScriptedAgent(host.memory.path + "/atoll.g.r", slots: [0, 1])
        func make(_ name: String) async throws {
            _ = try await host.service.createRegion(
                RegionSpec(name: name, size: 1 << 20), in: "g", as: root)
        }
        let job = JobSpec(arguments: ["p"], region: "r")
        let first = try await host.service.run(job, in: "g", as: root)
        let tooMany = await #expect(throws: APIError.self) {
            _ = try await host.service.run(job, in: "g", as: root)
        }
        #expect(tooMany?.code == .tooManyJobs && tooMany?.remedy?.contains("jobsPerGroup") == true)
        withExtendedLifetime(first) {}
        try await make("s")
        let error = await #expect(throws: APIError.self) { try await make("t") }
        #expect(error?.code == .tooManyRegions)
        #expect(host.memory.files == ["atoll.g.r", "atoll.g.s"])
    }

    /// Words cannot be loaded across their boundaries: whoever tries stops the daemon.
    @Test func anObjectOffALineIsNone() async throws {
        let host = try await host()
        let region = try openRegion(host.memory.path + "/atoll.g.r")
        let layout = TeamLayout(size: 4, vms: 2)
        let made = try #require(
            region.placeObject(
                name: Array("t".utf8), kind: .team, bytes: layout.bytes + 64, job: 0, builder: 1))
        #expect(region.publishObject(made))
        for step in [1, 2, 3, 4, 7, 8, 63] {
            region.memory.store64(
                UInt64(made.offset + step),
                at: region.layout.object(made.index) + ATOLL_AT_OBJECT_OFFSET)
            let record = region.objects.first { $0.index == made.index }
            #expect(record == nil || record?.offset == made.offset)
            _ = try await host.service.syncReport(of: "g", as: root)
        }
    }
}
