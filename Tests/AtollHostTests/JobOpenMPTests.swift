// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollTestSupport
import Foundation
import Testing

@testable import AtollHost
@testable import AtollRegion

/// Jobs that are one OpenMP program, from the daemon's side, with agents that do what the test says.
@Suite(.timeLimit(.minutes(1))) struct JobOpenMPTests {
    let root = TestHost.administrator

    private func host(bytes: UInt64 = 1 << 20) async throws -> (TestHost, ScriptedAgent) {
        let host = try TestHost()
        try await host.group(vms: ["a", "b"])
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: bytes), in: "g", as: root)
        return (host, try ScriptedAgent(host.memory.path + "/atoll.g.r", slots: [0, 1]))
    }

    /// The program's end is the first VM's, without a word about the others'; of a signal there is one,
    /// as of a shell.
    @Test(
        arguments: [
            (0, 0, nil), (7 << 8, 7, nil), (2, 130, nil), (13, 141, nil),
            (11, 139, "the program was ended by signal 11 (SIGSEGV) in VM a"),
        ] as [(UInt32, Int, String?)])
    func endsAsItsFirstVM(raw: UInt32, status: Int, reason: String?) async throws {
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
        #expect(events.last == .finished(status: status, reason: reason))
    }

    /// The image says whose thread got the signal that the program dies of.
    @Test(arguments: [(11, 11 | 1 << 8, "b"), (11, 6 | 1 << 8, "a"), (11, 11 | 77 << 8, "a")])
    func saysWhereASignalEndedIt(raw: UInt32, said: UInt64, vm: String) async throws {
        let (host, agent) = try await host(bytes: 16 << 20)
        let stream = try await host.service.run(JobSpec(arguments: ["p"]), in: "g", as: root)
        let ticket = try await agent.job()
        typealias I = OpenMPImage
        let memory = agent.region.memory
        let image = try #require(
            agent.region.placeObject(
                name: I.name(job: ticket.number), bytes: 4 << 20, job: ticket.number, builder: 1))
        memory.zero(at: image.offset, count: 4 << 20)
        memory.store(I.magic, word: image.offset)
        memory.store64(said, at: image.offset + I.atEndSignal)
        #expect(agent.region.publishObject(image))
        for rank in 0...1 { agent.board.markOpenMP(ticket, rank: rank) }
        for rank in 0...1 { agent.end(ticket, rank: rank, status: rank == 0 ? raw : 0) }
        var last: JobEvent?
        for await event in stream { last = event }
        let reason = "the program was ended by signal 11 (SIGSEGV) in VM \(vm)"
        #expect(last == .finished(status: 139, reason: reason))
    }

    /// The program is asked to keep figures, and they come by the VMs' names before the job is over.
    @Test func tellsWhatItsThreadsDid() async throws {
        let (host, agent) = try await host(bytes: 16 << 20)
        let spec = JobSpec(arguments: ["p"], environment: ["A": "b"], report: true)
        let stream = try await host.service.run(spec, in: "g", as: root)
        let ticket = try await agent.job()
        let environment = try #require(agent.board.payload(ticket)).environment
        #expect(environment.contains(Array("ATOLL_OPENMP_REPORT=1".utf8)))
        typealias I = OpenMPImage
        let memory = agent.region.memory
        let image = try #require(
            agent.region.placeObject(
                name: I.name(job: ticket.number), bytes: 4 << 20, job: ticket.number, builder: 1))
        memory.zero(at: image.offset, count: 4 << 20)
        memory.store(I.magic, word: image.offset)
        memory.store32(2, at: image.offset + I.atRanks)
        memory.store64(3, at: image.offset + I.atHeapMostTaken)
        for rank in 0...1 {
            let thread = image.offset + I.threads + rank * I.threadBytes
            memory.store64(UInt64(rank), at: thread + I.atThreadRank)
            memory.store64(5, at: thread + I.atFigures)
            memory.store64(1000, at: thread + I.atFigures + 8)
        }
        #expect(agent.region.publishObject(image))
        for rank in 0...1 { agent.board.markOpenMP(ticket, rank: rank) }
        for rank in 0...1 { agent.end(ticket, rank: rank) }
        var events: [JobEvent] = []
        for await event in stream { events.append(event) }
        guard case .report(_, let report?) = events.dropLast().last else {
            Issue.record("\(events)")
            return
        }
        #expect(report.threads.map(\.vm) == ["a", "b"])
        #expect(report.threads.allSatisfy { $0.regions == .init(count: 5, nanoseconds: 1000) })
        #expect(report.imageBytes == 4 << 20 && report.heapMostBytes == 192 << 10)
    }

    /// Others cannot go on without a VM of an OpenMP program.
    @Test func aLossIsNeverSurvived() {
        for rank in 0...1 {
            var verdict = JobVerdict(survivesLoss: true)
            let vms = ["a", "b"]
            for rank in 0...1 { _ = verdict.add(.beganOpenMP(rank: rank), vms) }
            #expect(verdict.add(.lost(rank: rank), vms) == [.lost(vm: vms[rank])])
            _ = verdict.add(.exited(rank: 1 - rank, status: 0), vms)
            #expect(verdict.status == JobStatus.vmLost)
            #expect(verdict.reason == "VM \(vms[rank]) was lost while the job ran")
        }
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
