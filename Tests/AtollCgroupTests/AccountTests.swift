// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import Foundation
import Testing

@testable import AtollCgroup

/// Accounts in a tree of ordinary files, which stand for the kernel's.
@Suite struct AccountTests {
    /// A tree whose group `g` and region `r` are there.
    private final class FakeTree {
        let top = FileManager.default.temporaryDirectory.path + "/cgroup-\(UUID().uuidString)"
        let tree: Tree

        init(_ version: Hierarchy.Version) throws {
            let hierarchy = Hierarchy(version: version, top: top)
            tree = Tree(memory: hierarchy, huge: hierarchy, parent: "/atoll", isDelegated: false)
            try FileManager.default.createDirectory(
                atPath: region, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: top) }

        var group: String { top + "/atoll/g.group" }
        var region: String { group + "/r.region" }

        func write(_ files: [String: String], to directory: String) throws {
            for (name, text) in files {
                try text.write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
            }
        }

        func read(_ name: String) throws -> String {
            try String(contentsOfFile: "\(group)/\(name)", encoding: .utf8)
        }
    }

    @Test func `v2's files are told in one figure each`() throws {
        let fake = try FakeTree(.v2)
        try fake.write(
            [
                "memory.current": "4096\n", "memory.max": "max\n", "memory.peak": "8192\n",
                "memory.events": "low 0\nhigh 3\nmax 17\noom 1\n",
                "hugetlb.2MB.current": "2097152\n",
                "hugetlb.2MB.events": "max 2\n",
            ], to: fake.group)
        try fake.write(
            ["memory.current": "1024\n", "hugetlb.2MB.current": "2097152\n"], to: fake.region)
        let charge = try #require(try Account(fake.tree, "g").charge())
        #expect(charge.used == 4096)
        #expect(charge.limit == nil)
        #expect(charge.peak == 8192)
        #expect(charge.denials == 19)
        #expect(charge.hugePages == [.huge2MiB: 2 << 20])
        #expect(charge.regions == ["r": 1024 + 2 << 20])
    }

    @Test func `v1's have other names, and a number for no limit`() throws {
        let fake = try FakeTree(.v1)
        try fake.write(
            [
                "memory.usage_in_bytes": "4096\n", "memory.limit_in_bytes": "9223372036854771712\n",
                "memory.max_usage_in_bytes": "8192\n", "memory.failcnt": "5\n",
            ], to: fake.group)
        let charge = try #require(try Account(fake.tree, "g").charge())
        #expect(charge.used == 4096 && charge.peak == 8192 && charge.denials == 5)
        #expect(charge.limit == nil)
    }

    @Test func `a group without an account has no charge`() throws {
        let fake = try FakeTree(.v2)
        #expect(try Account(fake.tree, "other").charge() == nil)
    }

    @Test(arguments: [Hierarchy.Version.v1, .v2])
    func `limits are written, and none below the use`(version: Hierarchy.Version) throws {
        let fake = try FakeTree(version)
        let files = Files.memory(version)
        let soft = try #require(files.soft)
        try fake.write(
            [files.usage: "\(64 << 20)\n", files.limit: "", soft: ""], to: fake.group)
        let account = Account(fake.tree, "g")
        try account.open(ChargeAccount(group: "g", quota: 64 << 20, soft: 32 << 20))
        // Room for the kernel's own bookkeeping of 64 MiB: 256 KiB, and for the filler.
        #expect(try fake.read(files.limit) == "\((64 << 20) + (256 << 10) + (2 << 20))")
        #expect(try fake.read(soft) == "\(32 << 20)")
        #expect(throws: QuotaError.belowUse(limit: 32 << 20, used: 64 << 20)) {
            try account.open(ChargeAccount(group: "g", quota: 32 << 20))
        }
    }

    @Test func `a filler looks at every limit above it`() throws {
        let fake = try FakeTree(.v2)
        try fake.write(["memory.max": "100\n", "memory.current": "1\n"], to: fake.group)
        try fake.write(["memory.max": "max\n"], to: fake.top + "/atoll")
        try fake.write(["memory.max": "7\n"], to: fake.top)
        let ticket = try Account(fake.tree, "g").ticket("r", .small)
        #expect(ticket.joins == [fake.region + "/cgroup.procs"])
        let walls = ticket.walls.map(\.limit).map { $0.replacing("//", with: "/") }
        #expect(walls == ["\(fake.group)/memory.max", "\(fake.top)/memory.max"])
    }

    @Test func `the largest quota has a limit that the kernel can read`() {
        #expect(Account.limit(for: .max) == UInt64(Int64.max) & ~0xfff)
        #expect(Account.limit(for: 1 << 20) % 4096 == 0)
    }
}
