// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollTestSupport
import Foundation
import Synchronization
import Testing

/// What groups and owners may have, and what fills their regions.
@Suite(.timeLimit(.minutes(2))) struct QuotaTests {
    let root = TestHost.administrator
    let mebibyte = UInt64(1 << 20)

    private func create(
        _ host: TestHost, _ name: String, _ mebibytes: UInt64, in group: String = "g"
    )
        async throws
    {
        _ = try await host.service.createRegion(
            RegionSpec(name: name, size: mebibytes << 20), in: group, as: root)
    }

    private func code(_ body: () async throws -> Void) async -> ErrorCode? {
        do { try await body() } catch { return (error as? APIError)?.code }
        return nil
    }

    @Test func `a quota is raised and lowered, and never below what there is`() async throws {
        let host = try TestHost()
        try await host.group(quota: 4 << 20)
        try await create(host, "r", 2)
        let service = host.service
        #expect(await code { try await create(host, "s", 4) } == .quotaExceeded)
        let raised = try await service.setQuota(QuotaSpec(quota: 8 << 20), of: "g", as: root)
        #expect(raised.available == 6 << 20)
        #expect(host.quota.snapshot.accounts["g"]?.limits.quota == 8 << 20)
        try await create(host, "s", 4)
        let error = await #expect(throws: APIError.self) {
            try await service.setQuota(QuotaSpec(quota: 4 << 20), of: "g", as: root)
        }
        #expect(error?.code == .quotaBelowUse)
        #expect(error?.message.contains("6 MiB") == true)
        #expect(try await service.quota(of: "g", as: root) == raised.with(reserved: 6 << 20))
        // The kernel's word counts too, and what was written down is taken back.
        host.quota.change { $0.accounts["g"]?.used = 7 << 20 }
        #expect(
            await code {
                _ = try await service.setQuota(QuotaSpec(quota: 6 << 20), of: "g", as: root)
            } == .quotaBelowUse)
        #expect(try await service.quota(of: "g", as: root).quota == 8 << 20)
    }

    @Test(arguments: [
        QuotaSpec(quota: 1), QuotaSpec(quota: 1 << 60), QuotaSpec(soft: 8 << 20),
        QuotaSpec(quota: 2 << 20, soft: 3 << 20),
    ])
    func `what is no quota is refused`(spec: QuotaSpec) async throws {
        let host = try TestHost()
        try await host.group(quota: 4 << 20)
        let before = try await host.service.quota(of: "g", as: root)
        let found = await code { _ = try await host.service.setQuota(spec, of: "g", as: root) }
        #expect(found == .invalidQuota)
        #expect(try await host.service.quota(of: "g", as: root) == before)
    }

    @Test func `only administrators change quotas, and others see only their own`() async throws {
        let host = try TestHost()
        let service = host.service
        _ = try await service.createGroup(
            GroupSpec(name: "g", quota: 4 << 20, owner: 7), as: root)
        let owner = Caller(user: 7, isAdministrator: false)
        let other = Caller(user: 8, isAdministrator: false)
        #expect(try await service.quota(of: "g", as: owner).quota == 4 << 20)
        #expect(try await service.quota(ofOwner: 7, as: owner).groups == 1)
        #expect(await code { _ = try await service.quota(of: "g", as: other) } == .noSuchGroup)
        #expect(await code { _ = try await service.quota(ofOwner: 7, as: other) } == .notPermitted)
        #expect(
            await code { _ = try await service.setQuota(QuotaSpec(), of: "g", as: owner) }
                == .notPermitted)
        #expect(
            await code {
                _ = try await service.setQuota(OwnerQuotaSpec(), ofOwner: 7, as: owner)
            } == .notPermitted)
    }

    @Test func `an owner's groups share a limit, and are so many`() async throws {
        let host = try TestHost(configure: {
            $0.ownerQuota = 4 << 20
            $0.ownerGroups = 2
        })
        try await host.group("g", quota: 64 << 20)
        try await host.group("h", quota: 64 << 20)
        let service = host.service
        #expect(await code { try await host.group("i") } == .tooManyGroups)
        try await create(host, "r", 2)
        #expect(await code { try await create(host, "r", 4, in: "h") } == .quotaExceeded)
        let quota = try await service.setQuota(
            OwnerQuotaSpec(quota: 8 << 20, groupLimit: 3), ofOwner: 0, as: root)
        #expect(quota.quota == 8 << 20 && quota.groupLimit == 3 && quota.reserved == 2 << 20)
        try await create(host, "r", 4, in: "h")
        try await host.group("i")
        // Back to what the daemon is set to, which is less than there is: no more, and nothing goes.
        let back = try await service.setQuota(
            OwnerQuotaSpec(quota: 0, groupLimit: 0), ofOwner: 0, as: root)
        #expect(back.quota == 4 << 20 && back.groupLimit == 2 && back.reserved == 6 << 20)
        #expect(await code { try await create(host, "s", 1) } == .quotaExceeded)
        #expect(try await service.groups(as: root).count == 3)
    }

    @Test func `VMs count where they shall`() async throws {
        let host = try TestHost()
        try await host.group(quota: 1 << 30, vms: ["a"])
        let service = host.service
        let spec = QuotaSpec(quota: 300 << 20, includesGuests: true)
        let quota = try await service.setQuota(spec, of: "g", as: root)
        #expect(quota.guests == 256 << 20 && quota.available == 44 << 20)
        #expect(await code { try await create(host, "r", 64) } == .quotaExceeded)
        try await create(host, "r", 32)
        host.hypervisor.add("b")
        #expect(
            await code {
                _ = try await service.addMember(MemberSpec(vm: "b"), to: "g", as: root)
            } == .quotaExceeded)
        _ = try await service.setQuota(QuotaSpec(includesGuests: false), of: "g", as: root)
        _ = try await service.addMember(MemberSpec(vm: "b"), to: "g", as: root)
        #expect(
            await code {
                _ = try await service.setQuota(QuotaSpec(includesGuests: true), of: "g", as: root)
            } == .quotaBelowUse)
    }

    @Test func `beyond the soft limit one event tells, and again after it was below`() async throws
    {
        let host = try TestHost()
        try await host.group(quota: 64 << 20)
        let service = host.service
        func warnings() async throws -> Int {
            var count = 0
            for await event in try await service.events(
                since: 0, group: "g", follow: false, as: root) where event.kind == "quota.soft"
            { count += 1 }
            return count
        }
        func use(_ mebibytes: UInt64) async throws {
            host.quota.change { $0.accounts["g"]?.used = mebibytes << 20 }
            // Looks, and changes nothing.
            _ = try await service.setQuota(QuotaSpec(soft: 8 << 20), of: "g", as: root)
        }
        try await use(8)
        #expect(try await warnings() == 0)
        try await use(9)
        try await use(10)
        #expect(try await warnings() == 1)
        try await use(1)
        try await use(9)
        #expect(try await warnings() == 2)
    }

    @Test func `an account that cannot go now goes later`() async throws {
        let host = try TestHost()
        try await host.group(quota: 4 << 20)
        try await create(host, "r", 1)
        let run = Task { await host.service.run() }
        defer { run.cancel() }
        host.quota.change { $0.isHolding = true }
        try await host.service.deleteRegion("r", of: "g", force: false, as: root)
        #expect(host.quota.snapshot.accounts["g"]?.regions == ["r"])
        host.quota.change { $0.isHolding = false }
        while host.quota.snapshot.accounts["g"]?.regions != [] {
            try await Task.sleep(for: .milliseconds(2))
        }
        try await host.service.deleteGroup("g", force: false, as: root)
        #expect(host.quota.snapshot.accounts.isEmpty)
    }

    @Test func `a region in the making tells how far it is, and ends when it is deleted`()
        async throws
    {
        let filler = SlowFiller()
        let host = try TestHost(filler: filler)
        try await host.group(quota: 64 << 20)
        let service = host.service
        let making = Task { await code { try await create(host, "r", 16) } }
        while try await service.regions(of: "g", as: root).first?.filled != 8 << 20 {
            try await Task.sleep(for: .milliseconds(2))
        }
        try await service.deleteRegion("r", of: "g", force: false, as: root)
        #expect(await making.value == .cancelled)
        #expect(try await service.regions(of: "g", as: root).isEmpty)
        #expect(host.memory.files.isEmpty)
        #expect(host.quota.snapshot.accounts["g"]?.regions == [])
        // Where nothing is in the making there is nothing to end.
        #expect(
            await code { try await service.deleteRegion("r", of: "g", force: false, as: root) }
                == .noSuchRegion)
    }

    @Test(arguments: [
        (FillError.overQuota(needed: 4, available: 3), ErrorCode.quotaExceeded),
        (.noMemory(needed: 4, available: 3), .hostMemory),
        (.noHugePages(needed: 4, available: 3), .noHugePages),
        (.failed(operation: "a", reason: "b"), .systemFailure),
    ])
    func `a fill that fails leaves nothing`(error: FillError, expected: ErrorCode) async throws {
        let host = try TestHost(filler: BrokenFiller(error: error))
        try await host.group(quota: 64 << 20)
        #expect(await code { try await create(host, "r", 16) } == expected)
        #expect(try await host.service.regions(of: "g", as: root).isEmpty)
        #expect(host.memory.files.isEmpty)
        #expect(host.quota.snapshot.accounts["g"]?.regions == [])
    }
}

/// Comes half-way, and no further.
private struct SlowFiller: RegionFiller {
    func fill(_ order: FillOrder, progress: @escaping @Sendable (UInt64) -> Void)
        async throws(FillError)
    {
        while !Task.isCancelled {
            progress(order.bytes / 2)
            try? await Task.sleep(for: .milliseconds(1))
        }
        throw .cancelled
    }
}

private struct BrokenFiller: RegionFiller {
    let error: FillError

    func fill(_ order: FillOrder, progress: @escaping @Sendable (UInt64) -> Void)
        async throws(FillError)
    {
        throw error
    }
}

extension Quota {
    /// After a region was made.
    fileprivate func with(reserved: UInt64) -> Quota {
        var quota = self
        quota.reserved = reserved
        quota.available = self.quota - reserved
        return quota
    }
}
