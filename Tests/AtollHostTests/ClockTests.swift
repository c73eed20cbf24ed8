// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import AtollTestSupport
import Foundation
import Synchronization
import Testing

@testable import AtollHost

/// Somebody sets the wall clock, hours forth and back: only what people read changes.
@Suite(.timeLimit(.minutes(1))) struct ClockTests {
    static let root = TestHost.administrator

    private final class WallClock: Sendable {
        let hours = Mutex(0.0)
        var now: Date { Date.now + hours.withLock { $0 } * 3600 }
    }

    @Test(arguments: [-5.0, 5.0]) func jumps(_ hours: Double) async throws {
        let clock = WallClock()
        let host = try TestHost(configure: { $0.now = { clock.now } })
        let service = host.service
        try await host.group(vms: ["a"])
        _ = try await service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "g", as: Self.root)
        let agent = try ScriptedAgent(host.memory.path + "/atoll.g.r", slots: [0])
        let stream = try await service.run(JobSpec(arguments: ["p"]), in: "g", as: Self.root)
        let job = try await agent.job()
        let before = await service.status(as: Self.root).uptime
        clock.hours.withLock { $0 = hours }
        // The uptime is what it was and a little more; the job's lease has not run out.
        let after = await service.status(as: Self.root).uptime
        #expect(after >= before && after < before + 3600)
        await service.lookAtRegions()
        #expect(agent.board.state(job) == .posted)
        try await host.group("h")
        agent.end(job, rank: 0)
        var last: JobEvent?
        for await event in stream { last = event }
        #expect(last == .finished(status: 0, reason: nil))
        // In the order in which they happened, whatever time they say.
        var events: [Event] = []
        for await event in try await service.events(
            since: 0, group: nil, follow: false, as: Self.root)
        { events.append(event) }
        #expect(events.map(\.id) == events.map(\.id).sorted())
        #expect(events.last?.kind == "job.finished")
        let later = try #require(events.first { $0.group == "h" })
        let sooner = try #require(events.first { $0.group == "g" })
        #expect((later.time > sooner.time) == (hours > 0))
    }
}
