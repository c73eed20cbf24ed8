// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollRegion
import AtollSnapshot
import AtollTestSupport
import Foundation
import Synchronization
import Testing

/// The world as a dying daemon leaves it.
struct Wreck: Sendable {
    let step: Step
    let memory: TemporaryDirectory
    let directory: TemporaryDirectory
    let world: FakeHypervisor.World
    let accounts: FakeQuotaController.World
    let doorbells: FakeDoorbellServers.World

    init(
        _ step: Step, memory: TemporaryDirectory, directory: TemporaryDirectory,
        world: FakeHypervisor.World, accounts: FakeQuotaController.World,
        doorbells: FakeDoorbellServers.World = FakeDoorbellServers.World()
    ) throws {
        self.doorbells = doorbells
        self.step = step
        self.memory = try memory.copy()
        self.directory = try directory.copy()
        self.world = world
        self.accounts = accounts
    }

    /// Runs an operation and collects a wreck at each of its steps.
    static func all(
        of operation: (TestHost) async throws -> Void,
        after prepare: (TestHost) async throws -> Void
    ) async throws -> [Wreck] {
        let collected = Mutex<[Wreck]>([])
        let isArmed = Atomic(false)
        let hypervisor = FakeHypervisor()
        let accounts = FakeQuotaController()
        let doorbells = FakeDoorbellServers()
        let (memory, directory) = (
            try TemporaryDirectory(inMemory: true), try TemporaryDirectory(inMemory: true)
        )
        let host = try TestHost(
            hypervisor: hypervisor, quota: accounts, doorbells: doorbells, memory: memory,
            directory: directory
        ) { step in
            guard isArmed.load(ordering: .relaxed) else { return }
            let wreck = try! Wreck(
                step, memory: memory, directory: directory, world: hypervisor.snapshot,
                accounts: accounts.snapshot, doorbells: doorbells.snapshot)
            collected.withLock { $0.append(wreck) }
        }
        try await prepare(host)
        isArmed.store(true, ordering: .relaxed)
        try await operation(host)
        return collected.withLock { $0 }
    }

    /// Starts a daemon on the wreck, lets it settle, and checks that everybody tells the same.
    func recovered(
        _ what: String, _ check: (Group?, TestHost) async throws -> Void
    ) async throws {
        let host = try TestHost(
            hypervisor: FakeHypervisor(world), quota: FakeQuotaController(accounts),
            doorbells: FakeDoorbellServers(doorbells), memory: memory, directory: directory)
        let run = Task { await host.service.run() }
        defer { run.cancel() }
        // Where a VM refuses, a daemon that tries again never settles.
        while await !host.service.isReady() {
            host.hypervisor.change { $0.refusing = [] }
            try await Task.sleep(for: .milliseconds(2))
        }
        for region in try await host.service.groups(as: TestHost.administrator).flatMap(\.regions)
        where region.state == .restoring {
            try await Self.restore(region, host)
        }
        let groups = try await host.service.groups(as: TestHost.administrator)
        try host.expectAgreement(groups, what)
        try await check(groups.first, host)
    }
}

extension Wreck {
    private static let head = SnapshotHead(
        id: Array(1...16), regionBytes: 1 << 20, layoutVersion: AtollRegion.Region.layoutVersion,
        isConsistent: true, created: 0, incarnations: 1, region: "r", group: "g")

    private static func chunk(_ number: UInt64) -> SnapshotChunk {
        SnapshotChunk(
            number: number, storage: .plain,
            bytes: [UInt8](repeating: 0x5a, count: SnapshotHead.chunk))
    }

    /// Gives the region a content, from where the daemon says, as the command line does it.
    static func restore(_ region: AtollAPI.Region, _ host: TestHost) async throws {
        let root = TestHost.administrator
        let start = region.restore?.bytes ?? 0
        let session = try await host.service.restore(
            head, from: start, into: region.name, of: region.group, force: false, as: root)
        for number: UInt64 in [2, 3] where number << 18 >= start {
            try session.put(chunk(number))
            await host.service.note(session)
        }
        try session.putEnd()
        let whole = try await host.service.finish(session, as: root)
        #expect(whole.state == .ready)
        let memory = try openRegion(host.memory.path + "/" + region.object).memory
        let content = memory.copy(at: 1 << 19, count: 1 << 19)
        #expect(content == [UInt8](repeating: 0x5a, count: 1 << 19))
    }
}

extension TemporaryDirectory {
    func copy() throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory(inMemory: true)
        for file in files {
            try FileManager.default.copyItem(
                atPath: path + "/" + file, toPath: copy.path + "/" + file)
        }
        return copy
    }
}

extension TestHost {
    /// Ledger, memory, the VMs' definitions and the regions' headers tell the same.
    func expectAgreement(_ groups: [Group], _ what: String) throws {
        let regions = groups.flatMap(\.regions)
        let members = groups.flatMap(\.members)
        #expect(memory.files == regions.map(\.object).sorted(), "\(what)")
        #expect(regions.allSatisfy { $0.state == .ready || $0.state == .restoring }, "\(what)")
        #expect(members.allSatisfy { $0.state != .leaving }, "\(what)")
        for domain in hypervisor.snapshot.domains.values {
            let group = groups.first { $0.members.contains { $0.uuid == domain.id } }
            #expect(domain.state != .paused, "\(domain.name): \(what)")
            let expected = group?.regions.map(\.object).sorted() ?? []
            let live = domain.isActive ? expected : []
            #expect(domain.live.map(\.name).sorted() == live, "\(domain.name): \(what)")
            if domain.isPersistent {
                #expect(domain.stored.map(\.name).sorted() == expected, "\(domain.name): \(what)")
            }
        }
        let bells = regions.filter { $0.doorbell != nil && !$0.attachments.isEmpty }.map(\.object)
        #expect(doorbells.snapshot.serving.keys.sorted() == bells.sorted(), "\(what)")
        for region in regions where region.doorbell != nil && !region.attachments.isEmpty {
            let seats = members.filter { member in
                region.attachments.contains { $0.vm == member.vm }
            }.map { DoorbellSeat(slot: $0.slot, holder: .vm($0.uuid)) }
            #expect(doorbells.snapshot.seats[region.object] == seats, "\(what)")
        }
        let accounts = quota.snapshot.accounts
        #expect(accounts.keys.sorted() == groups.map(\.name).sorted(), "\(what)")
        for group in groups {
            #expect(accounts[group.name]?.limits.quota == group.quota, "\(what)")
            #expect(accounts[group.name]?.regions == Set(group.regions.map(\.name)), "\(what)")
            for region in group.regions {
                let memory = try openRegion(self.memory.path + "/" + region.object)
                #expect(region.attachments.map(\.vm) == group.members.map(\.vm), "\(what)")
                for member in group.members {
                    let isRunning = member.state == .running || member.state == .joined
                    #expect(
                        memory.isAlive(slot: member.slot, incarnation: member.incarnation)
                            == isRunning, "\(member.vm) in \(region.name): \(what)")
                }
            }
        }
    }
}
