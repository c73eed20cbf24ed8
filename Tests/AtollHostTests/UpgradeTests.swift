// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import AtollTestSupport
import Foundation
import GRDB
import Testing

@testable import AtollHost

/// What older daemons have left: their ledgers are taken over with all that is in them; regions of
/// another layout are refused with words, and lose nothing.
@Suite(.timeLimit(.minutes(1))) struct UpgradeTests {
    static let root = TestHost.administrator
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden")

    /// Dumped from the ledger of a daemon whose schema was v1.
    private func oldLedger(_ directory: TemporaryDirectory) throws {
        let text = try String(
            contentsOf: Self.golden.appending(path: "ledger-v1.sql"), encoding: .utf8)
        let queue = try DatabaseQueue(path: directory.path + "/ledger.sqlite")
        try queue.writeWithoutTransaction { try $0.execute(sql: text) }
        try queue.close()
    }

    @Test func aLedgerOfTheFirstSchema() throws {
        let directory = try TemporaryDirectory()
        try oldLedger(directory)
        let ledger = try Ledger(directory: directory.path)
        #expect(ledger.opening == .sound)
        #expect(ledger.isInDoubt == .none)
        let states = try ledger.groupStates()
        #expect(states.map(\.group.name) == ["g", "other", "third"])
        #expect(states.map(\.group.quota) == [1 << 30, 64 << 20, 1 << 20])
        #expect(states.map(\.group.owner) == [0, 0, 65534])
        #expect(states.map(\.group.incarnations) == [1, 0, 0])
        #expect(states.map(\.regions.count) == [0, 2, 0])
        #expect(states[1].regions.map(\.object) == ["atoll.other.grid", "atoll.other.r"])
        #expect(states[1].regions.allSatisfy { $0.state == .ready && $0.pages == .small })
        let member = try #require(states[0].members.first)
        #expect(member.name == "test" && member.slot == 0 && member.boot == 1)
        let events = try ledger.read { try EventRow.fetchAll($0) }
        #expect(events.count == 6)
        #expect(events.last?.message == "group third created with a quota of 1 MiB")
    }

    /// And its daemon's successor makes what it speaks of.
    @Test func itsGroupsGoOn() async throws {
        let directory = try TemporaryDirectory()
        try oldLedger(directory)
        let host = try TestHost(directory: directory)
        await host.service.reconcileAll()
        #expect(host.memory.files == ["atoll.other.grid", "atoll.other.r"])
        try await host.service.deleteGroup("other", force: true, as: Self.root)
        #expect(host.memory.files.isEmpty)
    }

    /// The first page of a region as the first layout had it.
    private func oldHeader() throws -> [UInt8] {
        let text = try String(
            contentsOf: Self.golden.appending(path: "header-v1-1MiB.hex"), encoding: .utf8)
        var page = [UInt8](repeating: 0, count: 4096)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 17, let at = Int(words[0], radix: 16) else { continue }
            for (i, word) in words.dropFirst().enumerated() {
                page[at + i] = try #require(UInt8(word, radix: 16))
            }
        }
        return page
    }

    @Test func aRegionOfTheFirstLayout() async throws {
        let host = try TestHost()
        try await host.group(vms: ["a"])
        let made = try await host.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "g", as: Self.root)
        // The same region, as a daemon of the first layout would have made it, with data in it.
        let path = host.memory.path + "/atoll.g.r"
        var bytes = try oldHeader()
        bytes.replaceSubrange(24..<40, with: UUID128(made.id).bytes)
        bytes += (0..<(1 << 20) - 4096).map { UInt8(truncatingIfNeeded: $0) }
        let next = try TestHost(
            hypervisor: host.hypervisor, memory: host.memory, directory: host.directory.copy())
        try Data(bytes).write(to: URL(filePath: path))
        // Of which the ledger of such a daemon has no witness.
        try next.service.ledger.write { try $0.execute(sql: "UPDATE regions SET witness = NULL") }
        await next.service.reconcileAll()
        await next.service.reconcileAll()
        // Refused once, with words; ready for all else; not a byte of it is touched.
        #expect(await next.service.isReady())
        var told: [Event] = []
        for await event in try await next.service.events(
            since: 0, group: "g", follow: false, as: Self.root)
        where event.kind == "region.refused" { told.append(event) }
        #expect(told.count == 1)
        #expect(told.first?.message.contains("has layout 1 and") == true)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(bytes))
        let error = await #expect(throws: APIError.self) {
            _ = try await next.service.run(JobSpec(arguments: ["p"]), in: "g", as: Self.root)
        }
        #expect(error?.message.contains("another version of atolld") == true)
        // It can be deleted, and then made anew.
        try await next.service.deleteRegion("r", of: "g", force: true, as: Self.root)
        #expect(next.memory.files.isEmpty)
        _ = try await next.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "g", as: Self.root)
        #expect(next.memory.files == ["atoll.g.r"])
    }
}
