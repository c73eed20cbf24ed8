// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollRegion
import AtollTestSupport
import Foundation
import Testing

/// Jobs from the daemon's side, with agents that do what the test says.
@Suite(.timeLimit(.minutes(1))) struct JobTests {
    let root = TestHost.administrator

    private func host() async throws -> (TestHost, ScriptedAgent) {
        let host = try TestHost()
        try await host.group(vms: ["a", "b"])
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "g", as: root)
        return (host, try ScriptedAgent(host.memory.path + "/atoll.g.r", slots: [0, 1]))
    }

    private func run(_ host: TestHost, _ spec: JobSpec = JobSpec(arguments: ["p"])) async throws
        -> Followed<JobEvent>
    {
        try await host.service.run(spec, in: "g", as: root)
    }

    private func all(_ stream: Followed<JobEvent>) async -> [JobEvent] {
        var events: [JobEvent] = []
        for await event in stream { events.append(event) }
        return events
    }

    @Test func outputAndEnd() async throws {
        let (host, agent) = try await host()
        let stream = try await run(
            host,
            JobSpec(
                arguments: ["p", "x y"], environment: ["K": "V"], directory: "/d", threadsPerVM: 3))
        let ticket = try await agent.job()
        let payload = try #require(agent.board.payload(ticket))
        #expect(payload.arguments == [Array("p".utf8), Array("x y".utf8)])
        #expect(payload.environment == [Array("K=V".utf8)])
        #expect(payload.directory == Array("/d".utf8))
        #expect(agent.board.threadsPerVM(ticket) == 3)
        agent.write(ticket, rank: 0, "hello\n")
        agent.write(ticket, rank: 1, stream: 2, "oops\n")
        agent.end(ticket, rank: 1)
        agent.end(ticket, rank: 0)
        let events = await all(stream)
        guard case .started(let job) = events.first else {
            return #expect(Bool(false), "\(events)")
        }
        #expect(job.vms == ["a", "b"])
        #expect(events.contains(.output(vm: "a", stream: .stdout, data: Data("hello\n".utf8))))
        #expect(events.contains(.output(vm: "b", stream: .stderr, data: Data("oops\n".utf8))))
        #expect(events.last == .finished(status: 0, reason: nil))
        #expect(agent.board.state(ticket) == .free)
    }

    @Test func aJobTellsOfItsObjectsWhereThatIsAskedFor() async throws {
        let (host, agent) = try await host()
        let stream = try await run(host, JobSpec(arguments: ["p"], vms: 1, report: true))
        let ticket = try await agent.job()
        for (name, job) in [("mine", ticket.number), ("other", ticket.number + 1)] {
            let lock = try #require(
                agent.region.placeObject(
                    name: Array(name.utf8), kind: .lock, bytes: 128, job: job, builder: 1))
            agent.region.memory.zero(at: lock.offset, count: 128)
            #expect(agent.region.publishObject(lock))
        }
        agent.end(ticket, rank: 0)
        let events = await all(stream)
        guard case .report(let objects, nil) = events.dropLast().last else {
            return #expect(Bool(false), "\(events)")
        }
        #expect(objects.map(\.name) == ["mine"])
        #expect(events.last == .finished(status: 0, reason: nil))
    }

    /// The first failure in time decides, and stops the others.
    @Test(arguments: [
        (UInt32(3 << 8), 3, "the process in b exited with code 3"),
        (9, 137, "the process in b was ended by signal 9 (SIGKILL)"),
    ])
    func failure(_ waitStatus: UInt32, _ status: Int, _ reason: String) async throws {
        let (host, agent) = try await host()
        let stream = try await run(host)
        let ticket = try await agent.job()
        agent.end(ticket, rank: 1, status: waitStatus)
        while agent.board.state(ticket) != .stopping { try await Task.sleep(for: .milliseconds(1)) }
        agent.end(ticket, rank: 0, status: 15)
        #expect(await all(stream).last == .finished(status: status, reason: reason))
    }

    @Test(arguments: [(UInt32(2), 127), (13, 126)])
    func refused(_ errno: UInt32, _ status: Int) async throws {
        let (host, agent) = try await host()
        let stream = try await run(host, JobSpec(arguments: ["p"], vms: 1))
        let ticket = try await agent.job()
        #expect(agent.board.advance(ticket, rank: 0, from: .wanted, to: .refused, status: errno))
        guard case .finished(status, _) = await all(stream).last else {
            return #expect(Bool(false), "not \(status)")
        }
    }

    @Test func aJobCanGoOnAfterALoss() async throws {
        let (host, agent) = try await host()
        let service = host.service
        let follow = Task { await service.run() }
        defer { follow.cancel() }
        let stream = try await run(host, JobSpec(arguments: ["p"], onLoss: .continue))
        let ticket = try await agent.job()
        host.hypervisor.stop(try #require(try await host.hypervisor.domain("b")).id)
        var seen: [JobEvent] = []
        for await event in stream {
            seen.append(event)
            if event == .lost(vm: "b") {
                #expect(agent.board.state(ticket) == .posted)
                agent.end(ticket, rank: 0, status: 0)
            }
        }
        #expect(seen.contains(.lost(vm: "b")))
        #expect(seen.last == .finished(status: 0, reason: nil))
    }

    @Test func aLostVMEndsTheJob() async throws {
        let (host, agent) = try await host()
        let service = host.service
        let follow = Task { await service.run() }
        defer { follow.cancel() }
        let stream = try await run(host)
        let ticket = try await agent.job()
        host.hypervisor.stop(try #require(try await host.hypervisor.domain("b")).id)
        while agent.board.state(ticket) != .stopping { try await Task.sleep(for: .milliseconds(1)) }
        agent.end(ticket, rank: 0, status: 15)
        let events = await all(stream)
        #expect(events.contains(.lost(vm: "b")))
        #expect(events.last == .finished(status: 124, reason: "VM b was lost while the job ran"))
    }

    /// A listener who goes away takes the job with it.
    @Test func nobodyListens() async throws {
        let (host, agent) = try await host()
        let listener = Task { for await _ in try await run(host) {} }
        let ticket = try await agent.job()
        listener.cancel()
        while agent.board.state(ticket) != .stopping { try await Task.sleep(for: .milliseconds(1)) }
        for rank in 0..<2 { agent.end(ticket, rank: rank, status: 15) }
        while agent.board.state(ticket) != .free { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test func signalsReachTheBoard() async throws {
        let (host, agent) = try await host()
        let stream = try await run(host)
        let ticket = try await agent.job()
        let job = try #require(try await host.service.jobs(of: "g", as: root).first)
        try await host.service.signalJob(job.id, in: "g", signal: 2, as: root)
        try await host.service.signalJob(job.id, in: "g", signal: 15, as: root)
        #expect(agent.board.signal(ticket) == (2, 15))
        for rank in 0..<2 { agent.end(ticket, rank: rank) }
        _ = await all(stream)
        #expect(try await host.service.jobs(of: "g", as: root).isEmpty)
    }

    @Test func refusalsLeaveTheBoardEmpty() async throws {
        let (host, agent) = try await host()
        let cases: [(ErrorCode, JobSpec)] = [
            (.badRequest, JobSpec(arguments: [])), (.badRequest, JobSpec(arguments: ["a\0b"])),
            (.badRequest, JobSpec(arguments: ["p"], environment: ["A=B": "c"])),
            (.badRequest, JobSpec(arguments: ["p"], vms: 0)),
            (.tooFewMembers, JobSpec(arguments: ["p"], vms: 3)),
            (.noSuchRegion, JobSpec(arguments: ["p"], region: "x")),
            (.jobTooLarge, JobSpec(arguments: ["p", String(repeating: "x", count: 8192)])),
        ]
        for (code, spec) in cases {
            let error = await #expect(throws: APIError.self) { _ = try await run(host, spec) }
            #expect(error?.code == code)
            #expect(agent.posted.isEmpty)
        }
        for _ in 0..<4 { _ = try await run(host) }
        let error = await #expect(throws: APIError.self) { _ = try await run(host) }
        #expect(error?.code == .tooManyJobs)
        for slot in 0..<2 { agent.region.leave(slot: slot) }
        let nobody = await #expect(throws: APIError.self) { _ = try await run(host) }
        #expect(nobody?.code == .noMembersJoined)
    }

    /// What a rogue writes into its ring ends its job, with words, and nothing else.
    @Test func unreadableOutput() async throws {
        let (host, agent) = try await host()
        let stream = try await run(host)
        let ticket = try await agent.job()
        agent.ruinOutput(ticket, rank: 0)
        while agent.board.state(ticket) != .stopping { try await Task.sleep(for: .milliseconds(1)) }
        for rank in 0..<2 { agent.end(ticket, rank: rank, status: 15) }
        guard case .finished(125, let reason) = await all(stream).last else {
            return #expect(Bool(false), "the job went on")
        }
        #expect(reason?.contains("output of VM a is not readable") == true)
    }

    /// A job whose daemon was killed is stopped by the next one, and its slot comes back.
    @Test func anEarlierDaemonsJob() async throws {
        let (host, agent) = try await host()
        _ = try await run(host)
        let ticket = try await agent.job()
        let next = try TestHost(
            hypervisor: host.hypervisor, memory: host.memory, directory: host.directory)
        let service = next.service
        let follow = Task { await service.run() }
        defer { follow.cancel() }
        while agent.board.state(ticket) != .stopping { try await Task.sleep(for: .milliseconds(1)) }
        for rank in 0..<2 { agent.end(ticket, rank: rank, status: 15) }
        while agent.board.state(ticket) != .free { try await Task.sleep(for: .milliseconds(1)) }
    }
}
