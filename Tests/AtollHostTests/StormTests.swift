// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollTestSupport
import Foundation
import GRDB
import Synchronization
import Testing

@testable import AtollHost

/// Several clients at once do what comes into their heads, VMs stop and start, the hypervisor goes and
/// comes, and the daemon is killed at any step, again and again. Then the world is what the ledger says;
/// and when all is deleted, nothing is left.
@Suite(.timeLimit(.minutes(10))) struct StormTests {
    /// `ATOLL_SEQUENCES=500` for more of them; `ATOLL_SEED=N ATOLL_SEQUENCES=1` for one that failed.
    @Test func randomSequences() async throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["ATOLL_SEQUENCES"].flatMap { UInt64($0) } ?? 40
        let first = environment["ATOLL_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...1 << 32)
        print("sequences: ATOLL_SEED=\(first) ATOLL_SEQUENCES=\(count)")
        var deaths = 0
        for seed in first..<first + count { deaths += try await Storm(seed: seed).run() }
        #expect(deaths > 0, "no daemon was ever killed")
    }
}

/// One random sequence.
struct Storm {
    private static let root = TestHost.administrator
    private static let groups = ["g", "h"]
    private static let regions = ["r", "s", "t"]
    private static let vms = ["a", "b", "c", "d"]

    let seed: UInt64

    /// How often the daemon was killed.
    func run() async throws -> Int {
        var random = SplitMix64(seed: seed)
        var world = FakeHypervisor().snapshot
        let first = FakeHypervisor()
        for vm in Self.vms { first.add(vm, persistent: vm != "d") }
        world = first.snapshot
        var (memory, directory) = (
            try TemporaryDirectory(inMemory: true), try TemporaryDirectory(inMemory: true)
        )
        var deaths = 0
        var accounts = FakeQuotaController.World()
        for life in 0..<Int.random(in: 1...3, using: &random) {
            let fatal = Int.random(in: 1...60, using: &random)
            let wreck = try await live(
                life, world, accounts, memory, directory, dyingAt: fatal)
            (memory, directory, world) = (wreck.memory, wreck.directory, wreck.world)
            accounts = wreck.accounts
            if wreck.isDeath { deaths += 1 }
        }
        try await agree(world, accounts, memory, directory)
        return deaths
    }

    // MARK: A daemon's life

    /// The step, counted from the daemon's start, at which it dies, and what it leaves.
    private final class Fate: Sendable {
        let wreck = Mutex<Wreck?>(nil)
        private let steps = Atomic(0)
        private let fatal: Int

        init(_ fatal: Int) { self.fatal = fatal }

        func isMet() -> Bool { steps.wrappingAdd(1, ordering: .relaxed).newValue == fatal }
    }

    private struct Remains {
        var memory: TemporaryDirectory
        var directory: TemporaryDirectory
        var world: FakeHypervisor.World
        var accounts: FakeQuotaController.World
        var isDeath: Bool
    }

    private func live(
        _ life: Int, _ world: FakeHypervisor.World, _ accounts: FakeQuotaController.World,
        _ memory: TemporaryDirectory, _ directory: TemporaryDirectory, dyingAt fatal: Int
    ) async throws -> Remains {
        let hypervisor = FakeHypervisor(world)
        let quota = FakeQuotaController(accounts)
        let fate = Fate(fatal)
        let host = try TestHost(
            hypervisor: hypervisor, quota: quota, memory: memory, directory: directory,
            onStep: { step in
                guard fate.isMet() else { return }
                let wreck = try! Wreck(
                    step, memory: memory, directory: directory, world: hypervisor.snapshot,
                    accounts: quota.snapshot)
                fate.wreck.withLock { $0 = wreck }
            }, configure: Self.configure)
        let run = Task { await host.service.run() }
        await withTaskGroup { clients in
            for client in 0..<3 {
                let seed = seed &* 64 &+ UInt64(life * 8 + client)
                clients.addTask {
                    var random = SplitMix64(seed: seed)
                    for _ in 0..<8 where fate.wreck.withLock({ $0 == nil }) {
                        await self.act(host, &random)
                    }
                }
            }
        }
        run.cancel()
        await run.value
        if let wreck = fate.wreck.withLock({ $0 }) {
            return Remains(
                memory: wreck.memory, directory: wreck.directory, world: wreck.world,
                accounts: wreck.accounts, isDeath: true)
        }
        // Nobody killed it: it was stopped, and what it left is as good as a wreck.
        return Remains(
            memory: try memory.copy(), directory: try directory.copy(), world: hypervisor.snapshot,
            accounts: quota.snapshot, isDeath: false)
    }

    private static func configure(_ configuration: inout HostConfiguration) {
        configuration.patience = .milliseconds(20)
        configuration.reconcileInterval = .milliseconds(20)
    }

    private func act(_ host: TestHost, _ random: inout SplitMix64) async {
        let (service, hypervisor) = (host.service, host.hypervisor)
        let group = Self.groups.randomElement(using: &random)!
        let region = Self.regions.randomElement(using: &random)!
        let vm = Self.vms.randomElement(using: &random)!
        let id = hypervisor.snapshot.domains.values.first { $0.name == vm }?.id
        do {
            switch Int.random(in: 0..<20, using: &random) {
            case 0...2: try await host.group(group)
            case 3...6:
                _ = try await service.createRegion(
                    RegionSpec(name: region, size: 1 << 20), in: group, as: Self.root)
            case 7...10:
                _ = try await service.addMember(MemberSpec(vm: vm), to: group, as: Self.root)
            case 11...12:
                try await service.deleteRegion(region, of: group, force: true, as: Self.root)
            case 13: try await service.removeMember(vm, from: group, force: true, as: Self.root)
            case 14: try await service.deleteGroup(group, force: true, as: Self.root)
            case 15: if let id { hypervisor.stop(id, silently: .random(using: &random)) }
            case 16: if let id { restart(id, hypervisor, &random) }
            case 17: if let id { hypervisor.tell(.rebooted(id)) }
            case 18: if let id { hypervisor.change { $0.holding.formSymmetricDifference([id]) } }
            default: await interrupt(hypervisor)
            }
        } catch let error as APIError {
            // Refused, which is an answer; but the daemon's own failure is none.
            #expect(error.code != .systemFailure, "\(words): \(error.message)")
        } catch { Issue.record("\(words): \(error)") }
    }

    private func restart(_ id: UUID, _ hypervisor: FakeHypervisor, _ random: inout SplitMix64) {
        if hypervisor.snapshot.domains[id]?.isActive == true { hypervisor.stop(id) }
        hypervisor.start(id, silently: .random(using: &random))
    }

    private func interrupt(_ hypervisor: FakeHypervisor) async {
        hypervisor.change { $0.isConnected = false }
        hypervisor.tell(.disconnected)
        try? await Task.sleep(for: .milliseconds(3))
        hypervisor.change { $0.isConnected = true }
        hypervisor.tell(.reconnected)
    }

    private var words: String { "ATOLL_SEED=\(seed) ATOLL_SEQUENCES=1" }

    // MARK: The end

    private func agree(
        _ world: FakeHypervisor.World, _ accounts: FakeQuotaController.World,
        _ memory: TemporaryDirectory, _ directory: TemporaryDirectory
    ) async throws {
        var world = world
        world.holding = []
        world.isConnected = true
        let host = try TestHost(
            hypervisor: FakeHypervisor(world), quota: FakeQuotaController(accounts), memory: memory,
            directory: directory, configure: Self.configure)
        let service = host.service
        await service.reconcileAll()
        #expect(await service.isReady(), "\(words): it does not settle")
        let groups = try await service.groups(as: Self.root)
        try host.expectAgreement(groups, words)
        for group in groups {
            try await service.deleteGroup(group.name, force: true, as: Self.root)
        }
        try host.expectAgreement([], words)
        let rows = try service.ledger.read { db in
            try ["groups", "regions", "members", "attachments"].map {
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)")
            }
        }
        #expect(rows == [0, 0, 0, 0], "\(words)")
        #expect(directory.files.allSatisfy { $0.hasPrefix("ledger.") }, "\(words)")
        #expect(!directory.files.contains { $0.contains("damaged") }, "\(words)")
    }
}
