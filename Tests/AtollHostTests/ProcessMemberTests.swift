// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollSystem
import AtollTestSupport
import Foundation
import Testing

@testable import AtollRegion

/// Members that are processes of the host, beside VMs in one group.
@Suite(.timeLimit(.minutes(1))) struct ProcessMemberTests {
    let root = TestHost.administrator

    /// A process that does nothing until it is killed.
    private final class Sleeper {
        let process = Process()
        var caller: Caller {
            Caller(user: 0, isAdministrator: true, process: process.processIdentifier)
        }

        init() throws {
            process.executableURL = URL(fileURLWithPath: "/bin/sleep")
            process.arguments = ["1000"]
            try process.run()
        }

        func kill() {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        deinit { if process.isRunning { kill() } }
    }

    private func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
    }

    private func following(_ host: TestHost, _ body: () async throws -> Void) async throws {
        let service = host.service
        let run = Task { await service.run() }
        defer { run.cancel() }
        try await body()
    }

    private func host(user: UInt32 = 0) async throws -> TestHost {
        let host = try TestHost()
        try await host.group(vms: ["a"])
        _ = try await host.service.createRegion(
            RegionSpec(name: "r", size: 1 << 20), in: "g", as: root)
        _ = try await host.service.addMember(
            MemberSpec(process: "p", user: user), to: "g", as: root)
        return host
    }

    private func member(_ host: TestHost) async throws -> Member {
        try #require(
            try await host.service.members(of: "g", as: root).first { $0.vm == "p" })
    }

    private func guest(_ host: TestHost) throws -> AtollRegion.Region {
        try openRegion(host.memory.path + "/atoll.g.r")
    }

    private func users(_ host: TestHost) throws -> [UInt32] {
        try AccessList(of: OwnedFD(opening: host.memory.path + "/atoll.g.r")).users
    }

    private func code(_ body: () async throws -> Void) async -> ErrorCode? {
        do { try await body() } catch { return (error as? APIError)?.code }
        return nil
    }

    private func expect(
        _ expected: ErrorCode, _ location: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async {
        let found = await code(body)
        #expect(found == expected, sourceLocation: location)
    }

    @Test func `a process is a member from its start to its end`() async throws {
        let host = try await host()
        let region = try guest(host)
        try await following(host) {
            #expect(try await member(host).state == .stopped)
            #expect(region.member(1).state == .empty)
            let sleeper = try Sleeper()
            let start = try await host.service.startProcess("p", of: "g", as: sleeper.caller)
            #expect(start.regions.map(\.path) == [host.memory.path + "/atoll.g.r"])
            #expect(start.regions.map(\.size) == [1 << 20])
            #expect(start.member.state == .running && start.member.slot == 1)
            #expect(start.member.vcpus > 0)
            let record = region.member(1)
            #expect(record.state == .assigned && record.name == Array("p".utf8))
            #expect(record.incarnation == start.member.incarnation)
            #expect(record.vm == .process(named: Array("p".utf8), in: region.identity.group))
            region.join(
                slot: 1,
                MemberPresence(
                    incarnation: record.incarnation, state: .joined, vcpus: 1, mapping: .file,
                    lockedOperation: 10, heartbeat: 0))
            #expect(try await member(host).state == .joined)
            #expect(try await member(host).path == .file)
            let epoch = region.epoch
            sleeper.kill()
            try await until { try await member(host).state == .lost }
            #expect(region.member(1).state == .lost)
            #expect(region.epoch > epoch)
        }
    }

    @Test func `the next process has another incarnation`() async throws {
        let host = try await host()
        let region = try guest(host)
        let first = try Sleeper()
        let before = try await host.service.startProcess("p", of: "g", as: first.caller)
        let second = try Sleeper()
        await expect(.memberBusy) {
            _ = try await host.service.startProcess("p", of: "g", as: second.caller)
        }
        first.kill()
        // Nobody follows the word of its end here: the successor does not wait for it.
        try await until {
            await code {
                _ = try await host.service.startProcess("p", of: "g", as: second.caller)
            } == nil
        }
        let after = try await member(host)
        #expect(after.incarnation > before.member.incarnation)
        #expect(region.member(1).incarnation == after.incarnation)
        try await following(host) {
            // The word of the first one's end comes late, and is not the successor's.
            host.hypervisor.tell(.stopped(after.uuid))
            let members = try await host.service.members(of: "g", as: root)
            host.hypervisor.stop(members[0].uuid)
            try await until { region.member(0).state == .lost }
            #expect(region.member(1).state == .assigned)
        }
    }

    @Test func `another daemon finds the process that lives, and misses the one that died`()
        async throws
    {
        let before = try await host()
        let sleeper = try Sleeper()
        let start = try await before.service.startProcess("p", of: "g", as: sleeper.caller)
        let region = try guest(before)
        let after = try TestHost(
            hypervisor: before.hypervisor, memory: before.memory, directory: before.directory)
        try await following(after) {
            try await until { await after.service.isReady() }
            #expect(region.member(1).state == .assigned)
            #expect(region.member(1).incarnation == start.member.incarnation)
            sleeper.kill()
            try await until { region.member(1).state == .lost }
        }
        let other = try Sleeper()
        try await until {
            await code {
                _ = try await after.service.startProcess("p", of: "g", as: other.caller)
            } == nil
        }
        other.kill()
        let last = try TestHost(
            hypervisor: before.hypervisor, memory: before.memory, directory: before.directory)
        try await following(last) { try await until { region.member(1).state == .lost } }
    }

    @Test func `its user may open the regions, as long as it is a member`() async throws {
        let host = try await host(user: 4711)
        #expect(try users(host) == [4711])
        _ = try await host.service.addMember(
            MemberSpec(process: "q", user: 4711), to: "g", as: root)
        _ = try await host.service.addMember(
            MemberSpec(process: "s", user: 4712), to: "g", as: root)
        #expect(try users(host) == [4711, 4712])
        _ = try await host.service.createRegion(
            RegionSpec(name: "t", size: 1 << 20), in: "g", as: root)
        let second = try AccessList(of: OwnedFD(opening: host.memory.path + "/atoll.g.t"))
        #expect(second.users == [4711, 4712])
        // The same user is still there as another member.
        try await host.service.removeMember("p", from: "g", force: false, as: root)
        #expect(try users(host) == [4711, 4712])
        try await host.service.removeMember("q", from: "g", force: false, as: root)
        #expect(try users(host) == [4712])
        try await host.service.removeMember("s", from: "g", force: false, as: root)
        #expect(try users(host) == [])
        let status = try #require(try FileStatus.ofName(host.memory.path + "/atoll.g.r"))
        #expect(status.permissions == 0o600)
    }

    @Test func `who maps a region is not let go, nor is a region taken from him`() async throws {
        let host = try await host()
        let me = Caller(user: 0, isAdministrator: true, process: getpid())
        _ = try await host.service.startProcess("p", of: "g", as: me)
        do {
            let region = try guest(host)
            await expect(.guestHoldsDevice) {
                try await host.service.removeMember("p", from: "g", force: true, as: root)
            }
            // All is as before.
            #expect(try users(host) == [0])
            #expect(region.member(1).state == .assigned)
        }
    }

    @Test func `refusals say why`() async throws {
        let host = try await host(user: 4711)
        let service = host.service
        let add = { (spec: MemberSpec) in
            await code { _ = try await service.addMember(spec, to: "g", as: root) }
        }
        #expect(await add(MemberSpec(process: "p")) == .memberExists)
        #expect(await add(MemberSpec(process: "a")) == .memberExists)
        #expect(await add(MemberSpec(process: "no/name")) == .invalidName)
        var both = MemberSpec(vm: "b")
        both.process = "b"
        #expect(await add(both) == .badRequest)
        both.vm = nil
        both.process = nil
        #expect(await add(both) == .badRequest)
        var other = MemberSpec(vm: "b")
        other.user = 1
        #expect(await add(other) == .badRequest)
        host.hypervisor.add("p")
        #expect(await add(MemberSpec(vm: "p")) == .memberExists)
        let me = getpid()
        let start = { (name: String, group: String, caller: Caller) in
            await code { _ = try await service.startProcess(name, of: group, as: caller) }
        }
        let caller = { Caller(user: $0, isAdministrator: $1, process: $2) }
        #expect(await start("p", "g", caller(4712, false, me)) == .noSuchGroup)
        #expect(await start("p", "g", caller(4712, true, me)) == .notPermitted)
        #expect(await start("nobody", "g", caller(0, true, me)) == .noSuchMember)
        #expect(await start("a", "g", caller(0, true, me)) == .badRequest)
        #expect(await start("p", "h", caller(0, true, me)) == .noSuchGroup)
        // Another user's process; none; nobody's number.
        #expect(await start("p", "g", caller(4711, false, me)) == .badRequest)
        #expect(await start("p", "g", caller(0, true, nil)) == .badRequest)
        #expect(await start("p", "g", caller(0, true, -1)) == .badRequest)
        await expect(.notPermitted) {
            _ = try await service.addMember(
                MemberSpec(process: "x"), to: "g",
                as: Caller(user: 4711, isAdministrator: false))
        }
    }

    @Test func `a snapshot with pauses is refused while a process runs`() async throws {
        let host = try await host()
        let sleeper = try Sleeper()
        _ = try await host.service.startProcess("p", of: "g", as: sleeper.caller)
        await expect(.hypervisorRefused) {
            _ = try await host.service.snapshot("r", of: "g", live: false, as: root)
        }
        sleeper.kill()
        #expect(host.hypervisor.snapshot.domains.values.allSatisfy { $0.state == .running })
    }
}
