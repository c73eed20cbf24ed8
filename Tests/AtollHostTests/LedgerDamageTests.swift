// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import AtollTestSupport
import Foundation
import GRDB
import Testing

@testable import AtollHost

/// A ledger that is not as a daemon left it: set aside, and made anew from its backup and the world.
@Suite(.timeLimit(.minutes(2))) struct LedgerDamageTests {
    static let root = TestHost.administrator

    enum Damage: String, CaseIterable, Sendable {
        case truncated, stub, empty, gone, garbage, randomBytes, noTable, otherTables, wrongState,
            wrongObject, lostIndex, blank

        func apply(to path: String) throws {
            let url = URL(filePath: path)
            var bytes = try Data(contentsOf: url)
            switch self {
            case .truncated: try bytes.prefix(bytes.count / 2).write(to: url)
            case .stub: try bytes.prefix(100).write(to: url)
            case .empty: try Data().write(to: url)
            case .gone: try FileManager.default.removeItem(at: url)
            case .garbage: try Data(repeating: 0x5a, count: 8192).write(to: url)
            case .randomBytes:
                var random = SplitMix64(seed: 7)
                for place in stride(from: 4096 + 40, to: bytes.count, by: 97) {
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                }
                try bytes.write(to: url)
            case .noTable: try sql(path, "PRAGMA foreign_keys=0; DROP TABLE members")
            case .otherTables:
                try FileManager.default.removeItem(at: url)
                try sql(path, "CREATE TABLE albums (id INTEGER PRIMARY KEY, title TEXT)")
            case .wrongState: try sql(path, "UPDATE regions SET state = 'floating'")
            case .wrongObject: try sql(path, "UPDATE regions SET object = object || '/../x'")
            case .blank:
                // As a daemon leaves it that is killed before it makes the first table.
                try FileManager.default.removeItem(at: url)
                try sql(path, "PRAGMA application_id = 1")
            case .lostIndex:
                // Every question is answered as before, and some pages are nobody's.
                try sql(
                    path,
                    "PRAGMA writable_schema = 1; "
                        + "DELETE FROM sqlite_master WHERE name = 'attachments_on_vm'")
            }
        }

        private func sql(_ path: String, _ text: String) throws {
            let queue = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { try $0.execute(sql: text) }
            try queue.close()
        }
    }

    private func sql(_ path: String, _ text: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: text) }
        try queue.close()
    }

    private static func create(_ host: TestHost, _ name: String) async throws {
        _ = try await host.service.createRegion(
            RegionSpec(name: name, size: 1 << 20), in: "g", as: root)
    }

    /// A world with a group of two VMs and two regions, whose daemon is gone; `change` happens after
    /// the ledger's backup was made. Without a backup where that is `nil`.
    private func ruin(
        _ change: ((TestHost) async throws -> Void)? = nil
    ) async throws -> (wreck: Wreck, before: Group) {
        let host = try TestHost()
        // One that has left, so that slots and incarnations are not those that a first look would give.
        try await host.group(vms: ["gone", "a", "b"])
        for name in ["r", "s"] { try await Self.create(host, name) }
        try await host.service.removeMember("gone", from: "g", force: true, as: Self.root)
        if let change {
            try host.service.ledger.backUp()
            try await change(host)
        }
        let before = try await host.service.group("g", as: Self.root)
        let wreck = try Wreck(
            .regionReady, memory: host.memory, directory: host.directory,
            world: host.hypervisor.snapshot,
            accounts: host.quota.snapshot)
        try sql(ledger(wreck), "PRAGMA wal_checkpoint(TRUNCATE)")
        return (wreck, before)
    }

    private func migrations(_ wreck: Wreck) throws -> [String] {
        try DatabaseQueue(path: ledger(wreck)).read {
            try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations ORDER BY 1")
        }
    }

    private func ledger(_ wreck: Wreck) -> String { wreck.directory.path + "/ledger.sqlite" }

    private func kinds(_ host: TestHost) async throws -> Set<String> {
        var kinds: Set<String> = []
        let stream = try await host.service.events(
            since: 0, group: "g", follow: false, as: Self.root)
        for await event in stream { kinds.insert(event.kind) }
        return kinds
    }

    @Test(arguments: Damage.allCases) func itIsRebuiltFromTheWorld(_ damage: Damage) async throws {
        let (wreck, before) = try await ruin()
        try damage.apply(to: ledger(wreck))
        try await wreck.recovered("\(damage)") { group, host in
            let group = try #require(group)
            #expect(group.id == before.id)
            #expect(group.regions.map(\.id) == before.regions.map(\.id))
            // Whatever runs on the VMs goes on: same slots, same incarnations.
            #expect(group.members == before.members)
            #expect(group.quota == 2 << 20)
            #expect(group.owner == 0)
            // And no boot after has the incarnation of one before.
            let vm = try #require(group.members.first)
            host.hypervisor.stop(vm.uuid, silently: true)
            await host.service.handle(.stopped(vm.uuid))
            host.hypervisor.start(vm.uuid, silently: true)
            await host.service.handle(.started(vm.uuid))
            let later = try await host.service.members(of: "g", as: Self.root)
            #expect(
                later.first.map { $0.incarnation }!
                    > before.members.map(\.incarnation).max()!)
            #expect(
                try await kinds(host).isSuperset(
                    of: ["group.rebuilt", "region.rebuilt", "member.rebuilt"]))
            let kept = wreck.directory.files.filter { $0.contains(".damaged-") }
            #expect(kept.isEmpty == (damage == .gone), "\(wreck.directory.files)")
            let check = try #require(await host.service.doctor().first { $0.name == "ledger" })
            // Without a backup a ledger that is gone is one that never was.
            #expect((check.verdict == .ok) == (damage == .gone))
            #expect(damage == .gone || check.remedy?.contains("owners, quotas") == true)
        }
    }

    @Test(arguments: Damage.allCases) func itsBackupIsPreferred(_ damage: Damage) async throws {
        let (wreck, before) = try await ruin { host in
            try await host.service.deleteRegion("s", of: "g", force: true, as: Self.root)
            try await Self.create(host, "t")
            try await host.service.removeMember("b", from: "g", force: true, as: Self.root)
            host.hypervisor.add("c")
            _ = try await host.service.addMember(MemberSpec(vm: "c"), to: "g", as: Self.root)
        }
        try damage.apply(to: ledger(wreck))
        try await wreck.recovered("\(damage)") { group, host in
            let group = try #require(group)
            // What only the ledger knew is as it was; what happened since, the world tells.
            #expect(group.quota == 1 << 30)
            let check = try #require(await host.service.doctor().first { $0.name == "ledger" })
            #expect(check.verdict == .warning && check.remedy?.contains("backup") == true)
            #expect(group.regions.map(\.name) == ["r", "t"])
            #expect(group.regions.map(\.id) == before.regions.map(\.id))
            #expect(group.members == before.members)
            #expect(
                try await kinds(host).isSuperset(
                    of: [
                        "region.forgotten", "region.rebuilt", "member.forgotten", "member.rebuilt",
                    ]
                ))
        }
    }

    /// A damaged backup is as good as none.
    @Test func aDamagedBackupIsNotTaken() async throws {
        let (wreck, before) = try await ruin { _ in }
        try Damage.randomBytes.apply(to: wreck.directory.path + "/ledger.backup.sqlite")
        try Damage.truncated.apply(to: ledger(wreck))
        try await wreck.recovered("both damaged") { group, _ in
            #expect(group?.members == before.members)
            #expect(group?.quota == 2 << 20)
        }
    }

    @Test func aNewerOneIsRefusedAndNotTouched() async throws {
        let (wreck, _) = try await ruin()
        try sql(ledger(wreck), "INSERT INTO grdb_migrations VALUES ('v99')")
        let before = try migrations(wreck)
        let error = #expect(throws: LedgerError.self) {
            try Ledger(directory: wreck.directory.path)
        }
        #expect(error?.kind == .newer)
        #expect(error?.reason.contains("v99") == true)
        #expect(error?.api.remedy?.contains("newer") == true)
        #expect(try migrations(wreck) == before)
        #expect(wreck.directory.files.allSatisfy { !$0.contains("damaged") })
    }

    /// The daemon is killed after the damaged ledger is set aside and before the world is looked at.
    @Test func itsDoubtOutlivesTheDaemon() async throws {
        let (wreck, before) = try await ruin()
        try Damage.truncated.apply(to: ledger(wreck))
        do {
            let ledger = try Ledger(directory: wreck.directory.path)
            guard case .emptied = ledger.opening else {
                return #expect(Bool(false), "\(ledger.opening)")
            }
            #expect(try ledger.groupStates().isEmpty)
        }
        try await wreck.recovered("killed twice") { group, _ in
            #expect(group?.members == before.members)
        }
    }

    /// As after the host's start: no region has memory, and the VMs' definitions speak of them.
    @Test func definitionsAloneAreEnough() async throws {
        let (wreck, before) = try await ruin()
        try Damage.truncated.apply(to: ledger(wreck))
        for file in wreck.memory.files {
            try FileManager.default.removeItem(atPath: wreck.memory.path + "/" + file)
        }
        try await wreck.recovered("no memory") { group, _ in
            #expect(group?.regions.map(\.name) == before.regions.map(\.name))
            #expect(group?.members.map(\.vm) == before.members.map(\.vm))
        }
    }

    /// A guest may write what it likes into its own region: another group's is taken all the same.
    @Test func aForgedHeaderHarmsNoOther() async throws {
        let host = try TestHost()
        for group in ["g", "h"] {
            try await host.group(group, vms: ["vm-\(group)"])
            _ = try await host.service.createRegion(
                RegionSpec(name: "r", size: 1 << 20), in: group, as: Self.root)
        }
        let honest = try openRegion(host.memory.path + "/atoll.h.r")
        let forged = try openRegion(host.memory.path + "/atoll.g.r")
        // Page zero: the UUIDs of region and group and the names, then the members.
        forged.memory.write(honest.memory.copy(at: 24, count: 32), at: 24)
        forged.memory.write(honest.memory.copy(at: 128, count: 128), at: 128)
        forged.memory.write(honest.memory.copy(at: 4096, count: 64 * 256), at: 4096)
        let wreck = try Wreck(
            .regionReady, memory: host.memory, directory: host.directory,
            world: host.hypervisor.snapshot,
            accounts: host.quota.snapshot)
        try Damage.gone.apply(to: ledger(wreck))
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: ledger(wreck) + suffix)
        }
        try await wreck.recovered("forged") { _, host in
            let groups = try await host.service.groups(as: Self.root)
            #expect(groups.map(\.name) == ["g", "h"])
            for group in groups {
                #expect(group.regions.map(\.object) == ["atoll.\(group.name).r"])
                #expect(group.members.map(\.vm) == ["vm-\(group.name)"])
            }
        }
    }

    /// Everybody may make files in /dev/shm.
    @Test func aStrangersFileIsNotTaken() async throws {
        let (wreck, _) = try await ruin()
        for (name, attributes) in [
            ("evil", [.posixPermissions: 0o666]), ("foreign", [.ownerAccountID: 4242]),
        ] as [(String, [FileAttributeKey: Int])] {
            let stranger = wreck.memory.path + "/atoll.\(name).r"
            try FileManager.default.copyItem(
                atPath: wreck.memory.path + "/atoll.g.r", toPath: stranger)
            try FileManager.default.setAttributes(attributes, ofItemAtPath: stranger)
        }
        try Damage.truncated.apply(to: ledger(wreck))
        let host = try TestHost(
            hypervisor: FakeHypervisor(wreck.world), memory: wreck.memory,
            directory: wreck.directory)
        await host.service.reconcileAll()
        #expect(try await host.service.groups(as: Self.root).map(\.name) == ["g"])
        #expect(wreck.memory.files.contains("atoll.evil.r"))
        #expect(wreck.memory.files.contains("atoll.foreign.r"))
    }

    /// Nothing is changed before the world has been looked at, which takes libvirt.
    @Test func withoutTheHypervisorNothingIsBegun() async throws {
        let (wreck, _) = try await ruin()
        try Damage.truncated.apply(to: ledger(wreck))
        let host = try TestHost(
            hypervisor: FakeHypervisor(wreck.world), memory: wreck.memory,
            directory: wreck.directory)
        host.hypervisor.change { $0.isConnected = false }
        let error = await #expect(throws: APIError.self) { try await host.group("h") }
        #expect(error?.code == .hypervisorUnreachable)
        host.hypervisor.change { $0.isConnected = true }
        try await host.group("h")
        #expect(try await host.service.groups(as: Self.root).map(\.name) == ["g", "h"])
    }
}
