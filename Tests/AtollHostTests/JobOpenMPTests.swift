// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollTestSupport
import Foundation
import Testing

@testable import AtollRegion

/// Jobs that are one OpenMP program, from the daemon's side, with agents that do what the test says.
@Suite(.timeLimit(.minutes(1))) struct JobOpenMPTests {
    let root = TestHost.administrator

    private func host() async throws -> (TestHost, ScriptedAgent) {
        let host = try TestHost()
        try await host.group(vms: ["a", "b"])
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "g", as: root)
        return (host, try ScriptedAgent(host.memory.path + "/atoll.g.r", slots: [0, 1]))
    }

    /// The program's end is the first VM's, without a word about the others'.
    @Test(arguments: [(0, 0), (7 << 8, 7), (11, 139)])
    func endsAsItsFirstVM(raw: UInt32, status: Int) async throws {
        let (host, agent) = try await host()
        let stream = try await host.service.run(JobSpec(arguments: ["p"]), in: "g", as: root)
        let ticket = try await agent.job()
        for rank in 0...1 { agent.board.markOpenMP(ticket, rank: rank) }
        agent.end(ticket, rank: 1, status: 9)
        agent.write(ticket, rank: 0, "no end")
        agent.end(ticket, rank: 0, status: raw)
        var events: [JobEvent] = []
        for await event in stream { events.append(event) }
        #expect(events.contains(.openMP(vm: "a")) && events.contains(.openMP(vm: "b")))
        #expect(events.contains(.output(vm: "a", stream: .stdout, data: Data("no end".utf8))))
        #expect(events.last == .finished(status: status, reason: nil))
    }

    @Test func readsInput() async throws {
        let (host, agent) = try await host()
        let stream = try await host.service.run(
            JobSpec(arguments: ["p"], vms: 1), in: "g", as: root)
        let ticket = try await agent.job()
        agent.board.markOpenMP(ticket, rank: 0)
        #expect(agent.board.advance(ticket, rank: 0, from: .wanted, to: .running))
        var iterator = stream.makeAsyncIterator()
        var id: UInt64 = 0
        while let event = await iterator.next() {
            if case .started(let job) = event { id = job.id }
            if case .openMP = event { break }
        }
        // More than a ring holds: what is written waits for who reads.
        let data = Data((0..<20_000).map { UInt8($0 & 0xff) })
        let job = id
        async let written: Void = write(data, host, job)
        var read = Data()
        var ring: OutputRing?
        while true {
            if ring == nil, case .ring(let found) = agent.board.input(ticket) { ring = found }
            if let record = try ring?.read() {
                if record.text.isEmpty { break }
                read.append(contentsOf: record.text)
            } else {
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        try await written
        #expect(read == data)
        #expect(agent.board.advance(ticket, rank: 0, from: .running, to: .exited))
        while let event = await iterator.next() {
            if case .finished(let status, _) = event { #expect(status == 0) }
        }
        await #expect(throws: APIError.self) {
            try await host.service.writeInput(data, end: true, job: job, in: "g", as: root)
        }
    }

    private func write(_ data: Data, _ host: TestHost, _ job: UInt64) async throws {
        try await host.service.writeInput(data, end: true, job: job, in: "g", as: root)
    }

    @Test func othersReadNone() async throws {
        let (host, agent) = try await host()
        let stream = try await host.service.run(
            JobSpec(arguments: ["p"], vms: 1), in: "g", as: root)
        let ticket = try await agent.job()
        let jobs = try await host.service.jobs(of: "g", as: root)
        let job = try #require(jobs.first).id
        await #expect(throws: APIError.self) {
            try await host.service.writeInput(Data([1]), end: false, job: job, in: "g", as: root)
        }
        agent.end(ticket, rank: 0)
        for await _ in stream {}
    }
}
