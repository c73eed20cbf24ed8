// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import AtollSystem
import AtollTestSupport
import Foundation
import Testing

@testable import AtollHost

/// A daemon that dies at any step of any operation: at each, ledger, memory and hypervisor are copied;
/// a new daemon that starts from the copy must bring ledger and world to agree, and leave nothing
/// behind.
@Suite(.timeLimit(.minutes(3))) struct CrashTests {
    /// One thing that a daemon does, what was there before, and what must be true once another daemon
    /// has found what the killed one left.
    struct Operation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let prepare: @Sendable (TestHost) async throws -> Void
        let run: @Sendable (TestHost) async throws -> Void
        let check: @Sendable (Group?, TestHost) async throws -> Void
        /// Whether nobody asked for it whom it could be refused to.
        var isUnasked = false

        func unasked() -> Operation {
            var copy = self
            copy.isUnasked = true
            return copy
        }

        init(
            _ description: String, prepare: @escaping @Sendable (TestHost) async throws -> Void,
            run: @escaping @Sendable (TestHost) async throws -> Void,
            check: @escaping @Sendable (Group?, TestHost) async throws -> Void
        ) {
            (testDescription, self.prepare, self.run, self.check) = (
                description, prepare, run, check
            )
        }
    }

    private static let root = TestHost.administrator

    private static func create(_ host: TestHost, _ name: String, doorbell: Bool = false)
        async throws
    {
        _ = try await host.service.createRegion(
            RegionSpec(name: name, size: 1 << 20, doorbell: doorbell), in: "g", as: root)
    }

    /// Whom the region's file lets open it besides its owner.
    private static func users(_ host: TestHost, _ region: String) throws -> [UInt32] {
        try AccessList(of: OwnedFD(opening: host.memory.path + "/atoll.g.\(region)")).users
    }

    /// Every operation there is: a step that none of these takes has no test.
    static let operations: [Operation] = [
        Operation("create a group") { _ in
        } run: {
            try await $0.group(vms: [])
        } check: { group, _ in
            #expect(group?.name == "g")
        },
        Operation("change a quota") {
            try await $0.group(vms: [])
        } run: {
            _ = try await $0.service.setQuota(QuotaSpec(quota: 2 << 30), of: "g", as: root)
        } check: { group, _ in
            #expect(group?.quota == 2 << 30)
        },
        Operation("delete a group and all of it") {
            try await $0.group(vms: ["a", "b"])
            try await create($0, "r")
        } run: {
            try await $0.service.deleteGroup("g", force: true, as: root)
        } check: { group, host in
            // What a killed daemon had not got to stays; the order is then given again.
            if group != nil {
                try await host.service.deleteGroup("g", force: true, as: root)
            }
            #expect(host.memory.files.isEmpty)
        },
        Operation("create a region") {
            try await $0.group(vms: ["a", "b"])
        } run: {
            try await create($0, "r")
        } check: { group, _ in
            #expect(group?.regions.count == 1)
        },
        Operation("delete a region") {
            try await $0.group(vms: ["a", "b"])
            try await create($0, "r")
            try await create($0, "s")
        } run: {
            try await $0.service.deleteRegion("r", of: "g", force: true, as: root)
        } check: { group, _ in
            #expect(group?.regions.map(\.name) == ["s"])
        },
        Operation("create a region with a doorbell") {
            try await $0.group(vms: ["a", "b"])
        } run: {
            try await create($0, "r", doorbell: true)
        } check: { group, _ in
            #expect(group?.regions.map(\.doorbell?.isServed) == [true])
        },
        Operation("delete a region with a doorbell") {
            try await $0.group(vms: ["a", "b"])
            try await create($0, "r", doorbell: true)
            try await create($0, "s", doorbell: true)
        } run: {
            try await $0.service.deleteRegion("r", of: "g", force: true, as: root)
        } check: { group, _ in
            #expect(group?.regions.map(\.name) == ["s"])
        },
        Operation("take members in and out of a doorbell") {
            try await $0.group(vms: ["a"])
            try await create($0, "r", doorbell: true)
            $0.hypervisor.add("b")
        } run: {
            _ = try await $0.service.addMember(MemberSpec(vm: "b"), to: "g", as: root)
            try await $0.service.removeMember("a", from: "g", force: true, as: root)
        } check: { group, _ in
            #expect(group?.regions.map(\.doorbell?.isServed) == [true])
        },
        Operation("add a member") {
            try await $0.group(vms: ["a"])
            try await create($0, "r")
            try await create($0, "s")
            $0.hypervisor.add("b")
        } run: {
            _ = try await $0.service.addMember(MemberSpec(vm: "b"), to: "g", as: root)
        } check: { group, _ in
            #expect(group?.members.count == 2)
        },
        Operation("add a process") {
            try await $0.group(vms: ["a"])
            try await create($0, "r")
            try await create($0, "s")
        } run: {
            _ = try await $0.service.addMember(
                MemberSpec(process: "p", user: 4711), to: "g", as: root)
        } check: { group, host in
            #expect(group?.members.map(\.vm) == ["a", "p"])
            for name in ["r", "s"] {
                let found = try users(host, name)
                #expect(found == [4711])
            }
        },
        Operation("remove a process") {
            try await $0.group(vms: ["a"])
            try await create($0, "r")
            _ = try await $0.service.addMember(
                MemberSpec(process: "p", user: 4711), to: "g", as: root)
        } run: {
            try await $0.service.removeMember("p", from: "g", force: true, as: root)
        } check: { group, host in
            #expect(group?.members.map(\.vm) == ["a"])
            let found = try users(host, "r")
            #expect(found == [])
        },
        Operation("start a process") {
            try await $0.group(vms: ["a"])
            try await create($0, "r")
            _ = try await $0.service.addMember(
                MemberSpec(process: "p", user: 0), to: "g", as: root)
        } run: {
            _ = try await $0.service.startProcess(
                "p", of: "g", as: Caller(user: 0, isAdministrator: true, process: getpid()))
        } check: { group, host in
            // Where the daemon died before it had written that down, the process has had no answer.
            let member = try #require(group?.members.last)
            let slot = try openRegion(host.memory.path + "/atoll.g.r").member(1)
            #expect(member.state == (slot.state == .assigned ? .running : .stopped))
            #expect(slot.state != .assigned || slot.incarnation == member.incarnation)
        }.unasked(),
        Operation("remove a member") {
            try await $0.group(vms: ["a", "b"])
            try await create($0, "r")
        } run: {
            try await $0.service.removeMember("b", from: "g", force: true, as: root)
        } check: { group, _ in
            #expect(group?.members.map(\.vm) == ["a"])
        },
        Operation("save a region") {
            try await $0.group(vms: ["a", "b"])
            try await create($0, "r")
        } run: { host in
            let session = try await host.service.snapshot("r", of: "g", live: false, as: root)
            while try session.next() != nil {}
            _ = try await host.service.finish(session)
            while host.hypervisor.snapshot.domains.values.contains(where: { $0.state == .paused }) {
                try await Task.sleep(for: .milliseconds(1))
            }
        } check: { group, _ in
            #expect(group?.regions.count == 1)
        },
        Operation("restore a region") {
            try await $0.group(vms: ["a", "b"])
            try await create($0, "r")
        } run: { host in
            let region = try await host.service.region("r", of: "g", as: root)
            try await Wreck.restore(region, host)
        } check: { group, _ in
            #expect(group?.regions.map(\.state) == [.ready])
        },
        Operation("move a region") {
            try await $0.group(vms: ["a"])
            try await create($0, "r")
        } run: { host in
            let steps = try await host.service.moveRegion(
                "r", of: "g", MoveSpec(numa: .bind([0])), as: root)
            for await step in steps { if let error = step.error { throw error } }
        } check: { group, host in
            #expect(group?.regions.map(\.numa) == [.bind([0])])
            let rows = try host.service.ledger.groupState("g")?.regions
            #expect(rows?.map(\.isMoving) == [false])
        },
        Operation("undo what failed") {
            try await $0.group(vms: ["a", "b"])
            let second = $0.hypervisor.snapshot.domains.values.first { $0.name == "b" }
            $0.hypervisor.change { $0.refusing = [second!.id] }
        } run: { host in
            do { try await create(host, "r") } catch let error as APIError {
                if error.code != .hypervisorRefused { throw error }
            }
        } check: { group, host in
            // Undone, or by a daemon that does not know of the failure tried once more.
            host.hypervisor.change { $0.refusing = [] }
            #expect((group?.regions.count ?? 0) <= 1)
        },
        Operation("see a VM stop and start") {
            try await $0.group(vms: ["a", "b"])
            try await create($0, "r")
        } run: { host in
            let vm = host.hypervisor.snapshot.domains.values.first { $0.name == "a" }!.id
            host.hypervisor.stop(vm, silently: true)
            await host.service.handle(.stopped(vm))
            host.hypervisor.start(vm, silently: true)
            await host.service.handle(.started(vm))
        } check: { group, _ in
            #expect(group?.members.count == 2)
        }.unasked(),
        Operation("see a guest reboot") {
            try await $0.group(vms: ["a", "b"])
            try await create($0, "r")
        } run: { host in
            let vm = host.hypervisor.snapshot.domains.values.first { $0.name == "a" }!.id
            await host.service.handle(.rebooted(vm))
        } check: { group, _ in
            #expect(group?.members.map(\.state) == [.running, .running])
        }.unasked(),
        Operation("start a job") {
            try await $0.group(vms: ["a"])
            try await create($0, "r")
            _ = try ScriptedAgent($0.memory.path + "/atoll.g.r", slots: [0])
        } run: { host in
            let job = try await host.service.run(JobSpec(arguments: ["p"]), in: "g", as: root)
            let agent = try ScriptedAgent(host.memory.path + "/atoll.g.r", slots: [])
            agent.end(try await agent.job(), rank: 0)
            for await _ in job {}
        } check: { _, host in
            // The agent is told to stop what the killed daemon posted.
            let agent = try ScriptedAgent(host.memory.path + "/atoll.g.r", slots: [])
            while agent.posted.contains(where: { agent.board.state($0) == .posted }) {
                try await Task.sleep(for: .milliseconds(5))
            }
        }.unasked(),
    ]

    @Test func everyStepIsDiedAt() async throws {
        var died: Set<Step> = []
        for operation in Self.operations {
            let wrecks = try await Wreck.all(of: operation.run, after: operation.prepare)
            #expect(!wrecks.isEmpty, "\(operation.testDescription) has no step")
            for wreck in wrecks {
                let what = "\(operation.testDescription), killed at \(wreck.step)"
                try await wreck.recovered(what) { group, host in
                    try await operation.check(group, host)
                }
                died.insert(wreck.step)
            }
        }
        let missing = Set(Step.allCases).subtracting(died)
        #expect(missing.isEmpty, "no operation of this test takes these steps")
    }
}
