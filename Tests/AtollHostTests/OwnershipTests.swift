// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollTestSupport
import Testing

/// Two users: one cannot see or touch the other's group.
@Suite struct OwnershipTests {
    let root = TestHost.administrator
    let anna = Caller(user: 1001, isAdministrator: false)
    let bela = Caller(user: 1002, isAdministrator: false)

    private func host() async throws -> TestHost {
        let host = try TestHost()
        for (name, owner) in [("a", anna), ("b", bela)] {
            _ = try await host.service.createGroup(
                GroupSpec(name: name, quota: 4 << 20, owner: owner.user), as: root)
        }
        return host
    }

    @Test func eachSeesItsOwn() async throws {
        let host = try await host()
        #expect(try await host.service.groups(as: anna).map(\.name) == ["a"])
        #expect(try await host.service.groups(as: bela).map(\.name) == ["b"])
        #expect(try await host.service.groups(as: root).map(\.name) == ["a", "b"])
        let events = try await host.service.events(since: 0, group: nil, follow: false, as: bela)
        for await event in events { #expect(event.group == "b") }
        #expect(await host.service.status(as: bela).groups == 1)
    }

    @Test func anOwnerUsesItsQuota() async throws {
        let host = try await host()
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "a", as: anna)
        try await host.service.deleteRegion("r", of: "a", force: false, as: anna)
    }

    @Test func theOthersGroupDoesNotExist() async throws {
        let host = try await host()
        let service = host.service
        let calls: [() async throws -> Void] = [
            { _ = try await service.group("b", as: anna) },
            { _ = try await service.regions(of: "b", as: anna) },
            { _ = try await service.members(of: "b", as: anna) },
            { _ = try await service.jobs(of: "b", as: anna) },
            {
                _ = try await service.createRegion(
                    .init(name: "r", size: 1 << 20), in: "b", as: anna)
            },
            { try await service.deleteRegion("r", of: "b", force: true, as: anna) },
            { _ = try await service.run(JobSpec(arguments: ["true"]), in: "b", as: anna) },
            { try await service.signalJob(1, in: "b", signal: 9, as: anna) },
        ]
        for call in calls {
            let error = await #expect(throws: APIError.self) { try await call() }
            #expect(error?.code == .noSuchGroup)
        }
    }

    /// A quota is the host's memory, and a VM has no owner to ask: both are for administrators.
    @Test func administratorsOnly() async throws {
        let host = try await host()
        let service = host.service
        host.hypervisor.add("vm")
        let calls: [() async throws -> Void] = [
            { _ = try await service.createGroup(GroupSpec(name: "c", quota: 1 << 20), as: anna) },
            { try await service.deleteGroup("a", force: true, as: anna) },
            { _ = try await service.addMember(MemberSpec(vm: "vm"), to: "a", as: anna) },
            { try await service.removeMember("vm", from: "a", force: true, as: anna) },
        ]
        for call in calls {
            let error = await #expect(throws: APIError.self) { try await call() }
            #expect(error?.code == .notPermitted)
        }
    }
}
