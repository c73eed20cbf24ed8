// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Testing

/// VMs and a daemon that the tests of a suite share, because a boot takes seconds. Each test leaves
/// the daemon without groups and the VMs without regions; which is checked.
struct Stage: Sendable {
    @TaskLocal fileprivate static var shared: Stage?

    /// Of the suite that runs.
    static var current: Stage {
        get throws {
            guard let shared else { throw LabError("the suite has no stage") }
            return shared
        }
    }

    let lab: Lab
    let daemon: Daemon
    /// The VMs, by name; defined, so that they can be started anew.
    let vms: [String]

    /// Runs `body` with a group of these VMs and of these regions, name to MiB, which is joined by
    /// all and gone afterwards.
    func withGroup(
        _ name: String = "g", vms: [String]? = nil, regions: KeyValuePairs<String, Int> = ["r": 16],
        body: () async throws -> Void
    ) async throws {
        let members = vms ?? self.vms
        for vm in members { try await boot(vm) }
        let before = try await lab.traces()
        try await daemon.order("group", "create", name, "--quota", "1GiB")
        try await lab.cleaning {
            for vm in members { try await daemon.order("member", "add", name, vm) }
            for (region, size) in regions {
                try await daemon.order("region", "create", name, region, "--size", "\(size)M")
            }
            try await daemon.joined(members, of: name)
            try await body()
        } by: {
            await cleanUp {
                do {
                    try await daemon.heal()
                    try await daemon.order("group", "delete", name, "--force")
                } catch {
                    Issue.record("the group stays: \(error); the log: \(daemon.log)")
                }
            }
        }
        let after = try await lab.traces()
        #expect(after == before, "something was left behind")
    }

    /// Starts the VM where an earlier test has ended it.
    func boot(_ vm: String) async throws {
        if try await lab.virsh("domstate", vm).hasPrefix("running") { return }
        try await lab.virsh("start", vm)
        try await lab.vm("wait", vm)
    }

    /// Starts a job on the group `g`.
    func run(_ arguments: String...) throws -> Program {
        try daemon.atoll(["run", "g"] + arguments)
    }

    /// Waits until no process of any job is left in the guest.
    func noProcess(in vm: String) async throws {
        try await eventually("no process of a job is left in \(vm)") {
            try await processes(in: vm) == []
        }
    }

    /// What runs in the guest as the user that jobs run as.
    func processes(in vm: String) async throws -> [String] {
        try await lab.guest(vm, "ps -o user,args | sed -n 's/^atoll  *//p'").split(separator: "\n")
            .map(String.init)
    }
}

/// Runs `body` even where the test has been cancelled, but not for ever.
func cleanUp(_ body: @escaping @Sendable () async -> Void) async {
    let work = Task { await body() }
    let watchdog = Task {
        try? await Task.sleep(for: .seconds(60))
        work.cancel()
    }
    await work.value
    watchdog.cancel()
}

/// Sets the stage for a whole suite.
struct StageTrait: SuiteTrait, TestScoping {
    let vms: [String]
    let transient: [String]

    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let lab = try Lab()
        let daemon = try Daemon(lab)
        let stage = Stage(lab: lab, daemon: daemon, vms: vms)
        try await lab.cleaning {
            try await withThrowingTaskGroup { boots in
                for vm in vms {
                    boots.addTask { _ = try await lab.vm("start", vm, "--defined") }
                }
                for vm in transient { boots.addTask { _ = try await lab.vm("start", vm) } }
                try await boots.waitForAll()
            }
            try await daemon.start()
            try await Stage.$shared.withValue(stage, operation: function)
        } by: {
            await cleanUp {
                await daemon.cleanUp()
                for vm in vms + transient { _ = try? await lab.vm("destroy", vm) }
            }
        }
    }
}

extension Trait where Self == StageTrait {
    /// The suite has a daemon and VMs of these names; those that are transient have no stored
    /// definition.
    static func stage(_ vms: String..., transient: String...) -> Self {
        StageTrait(vms: vms, transient: transient)
    }
}
