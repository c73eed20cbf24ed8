// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollTestSupport
import Foundation
import GRDB
import Synchronization
import Testing

@testable import AtollHost

/// What an event costs does not grow with the number of groups: no question to the ledger or the
/// hypervisor is about all of them. How long things take, `host.event.cost` measures.
@Suite(.timeLimit(.minutes(2))) struct ScaleTests {
    static let root = TestHost.administrator

    /// The statements that `body` has the ledger run.
    private func statements(_ host: TestHost, _ body: () async throws -> Void) async throws
        -> [String]
    {
        let seen = Mutex<[String]>([])
        let ledger = host.service.ledger
        try ledger.read { db in
            db.trace { event in
                guard case .statement(let statement) = event else { return }
                seen.withLock { $0.append(statement.expandedSQL) }
            }
        }
        try await body()
        try ledger.read { $0.trace(options: []) }
        return seen.withLock { $0 }
    }

    /// Of these, those that read a whole table.
    private func scans(_ statements: [String], _ host: TestHost) throws -> [String] {
        let questions = Set(statements).filter { text in
            ["SELECT", "UPDATE", "DELETE"].contains { text.hasPrefix($0) }
        }
        return try host.service.ledger.read { db in
            try questions.flatMap { text in
                try String.fetchAll(
                    db, sql: "EXPLAIN QUERY PLAN " + text,
                    adapter: SuffixRowAdapter(fromIndex: 3)
                ).filter { $0.hasPrefix("SCAN") }.map { "\($0): \(text)" }
            }
        }
    }

    private func host() async throws -> (TestHost, UUID) {
        let host = try TestHost()
        try await host.group(vms: ["a", "b"])
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "g", as: Self.root)
        let vm = try #require(host.hypervisor.snapshot.domains.values.first { $0.name == "a" })
        return (host, vm.id)
    }

    @Test func noEventReadsAWholeTable() async throws {
        let (host, vm) = try await host()
        let run = try await statements(host) {
            host.hypervisor.stop(vm, silently: true)
            await host.service.handle(.stopped(vm))
            host.hypervisor.start(vm, silently: true)
            await host.service.handle(.started(vm))
            await host.service.handle(.rebooted(vm))
            _ = try ScriptedAgent(host.memory.path + "/atoll.g.r", slots: [0, 1])
            await host.service.lookAtRegions()
        }
        #expect(run.contains { $0.hasPrefix("UPDATE members") })
        #expect(run.contains { $0.contains("member.joined") })
        #expect(try scans(run, host) == [])
    }

    @Test func noOperationReadsAWholeTable() async throws {
        let (host, _) = try await host()
        let service = host.service
        let run = try await statements(host) {
            try await host.group("h", vms: ["c"])
            _ = try await service.createRegion(
                RegionSpec(name: "r", size: 1 << 20), in: "h", as: Self.root)
            try await service.removeMember("c", from: "h", force: true, as: Self.root)
            try await service.deleteGroup("h", force: true, as: Self.root)
        }
        #expect(run.count > 20)
        #expect(try scans(run, host) == [])
    }

    /// Where all is as it shall be, the whole of it is one question to the hypervisor.
    @Test func lookingAtAllOfItIsOneQuestion() async throws {
        let host = try TestHost()
        for number in 0..<20 {
            try await host.group("g\(number)", vms: ["a\(number)", "b\(number)"])
            _ = try await host.service.createRegion(
                RegionSpec(name: "r", size: 1 << 20), in: "g\(number)", as: Self.root)
        }
        let before = host.hypervisor.questions
        await host.service.reconcileAll()
        #expect(host.hypervisor.questions == before + 1)
        // What is not in order is put in order.
        let vm = try #require(host.hypervisor.snapshot.domains.values.first { $0.name == "b7" })
        host.hypervisor.change { $0.domains[vm.id]?.live = [] }
        await host.service.reconcileAll()
        #expect(host.hypervisor.snapshot.domains[vm.id]?.live.map(\.name) == ["atoll.g7.r"])
        try FileManager.default.removeItem(atPath: host.memory.path + "/atoll.g3.r")
        await host.service.reconcileAll()
        #expect(host.memory.files.count == 20)
    }
}
