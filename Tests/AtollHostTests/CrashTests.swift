// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollRegion
import AtollTestSupport
import Foundation
import Synchronization
import Testing

/// A daemon that dies at any step: at each, ledger, memory and hypervisor are copied; a new daemon
/// that starts from the copy must bring ledger and world to agree, and leave nothing behind.
@Suite(.timeLimit(.minutes(2))) struct CrashTests {
    let root = TestHost.administrator

    /// The world as a dying daemon leaves it.
    struct Wreck: Sendable {
        let step: Step
        let memory: TemporaryDirectory
        let directory: TemporaryDirectory
        let world: FakeHypervisor.World
    }

    /// Runs an operation and collects a wreck at each of its steps.
    private func wrecks(
        _ prepare: (TestHost) async throws -> Void, _ operation: (TestHost) async throws -> Void
    ) async throws -> [Wreck] {
        let collected = Mutex<[Wreck]>([])
        let isArmed = Atomic(false)
        let hypervisor = FakeHypervisor()
        let (memory, directory) = (try TemporaryDirectory(), try TemporaryDirectory())
        let host = try TestHost(hypervisor: hypervisor, memory: memory, directory: directory) {
            step in
            guard isArmed.load(ordering: .relaxed) else { return }
            let copies = try! (TemporaryDirectory(), TemporaryDirectory())
            for (from, to) in [(memory, copies.0), (directory, copies.1)] {
                for file in from.files {
                    try! FileManager.default.copyItem(
                        atPath: from.path + "/" + file, toPath: to.path + "/" + file)
                }
            }
            let wreck = Wreck(
                step: step, memory: copies.0, directory: copies.1, world: hypervisor.snapshot)
            collected.withLock { $0.append(wreck) }
        }
        try await prepare(host)
        isArmed.store(true, ordering: .relaxed)
        try await operation(host)
        return collected.withLock { $0 }
    }

    /// Starts a daemon on the wreck, lets it settle, and checks that everybody tells the same.
    private func recover(_ wreck: Wreck) async throws -> Group? {
        let host = try TestHost(
            hypervisor: FakeHypervisor(wreck.world), memory: wreck.memory,
            directory: wreck.directory)
        let service = host.service
        let run = Task { await service.run() }
        defer { run.cancel() }
        while await !service.isReady() { try await Task.sleep(for: .milliseconds(2)) }
        let group = try await service.groups(as: root).first
        let regions = group?.regions ?? []
        let members = group?.members ?? []
        #expect(host.memory.files == regions.map(\.object).sorted(), "after \(wreck.step)")
        #expect(regions.allSatisfy { $0.state == .ready }, "after \(wreck.step)")
        for domain in host.hypervisor.snapshot.domains.values {
            let expected = members.contains { $0.uuid == domain.id } ? regions.map(\.object) : []
            #expect(domain.live.map(\.name).sorted() == expected.sorted(), "after \(wreck.step)")
            #expect(domain.stored.map(\.name).sorted() == expected.sorted(), "after \(wreck.step)")
        }
        for region in regions {
            let states = region.attachments.map(\.state)
            #expect(states == members.map { _ in .plugged }, "after \(wreck.step)")
            let memory = try openRegion(host.memory.path + "/" + region.object)
            for member in members {
                #expect(memory.isAlive(slot: member.slot, incarnation: member.incarnation))
            }
        }
        return group
    }

    private func expectSteps(_ wrecks: [Wreck], _ steps: [Step]) {
        let seen = Set(wrecks.map(\.step))
        for step in steps { #expect(seen.contains(step), "no wreck at \(step)") }
    }

    private func create(_ host: TestHost, _ name: String) async throws {
        _ = try await host.service.createRegion(
            RegionSpec(name: name, size: 1 << 20), in: "g", as: root)
    }

    @Test func whileCreating() async throws {
        let wrecks = try await wrecks {
            try await $0.group(vms: ["a", "b"])
        } _: {
            try await create($0, "r")
        }
        expectSteps(
            wrecks,
            [
                .regionRecorded, .regionMade, .regionNamed, .regionReady, .attachedLive,
                .attachedStored, .attachRecorded,
            ])
        for wreck in wrecks {
            let group = try await recover(wreck)
            #expect(group?.regions.count == 1)
        }
    }

    @Test func whileAdding() async throws {
        let wrecks = try await wrecks {
            try await $0.group(vms: ["a"])
            try await create($0, "r")
            try await create($0, "s")
            $0.hypervisor.add("b")
        } _: {
            _ = try await $0.service.addMember(MemberSpec(vm: "b"), to: "g", as: root)
        }
        expectSteps(wrecks, [.memberRecorded, .memberAssigned, .attachedLive, .attachRecorded])
        for wreck in wrecks {
            let group = try await recover(wreck)
            #expect(group?.members.count == 2)
        }
    }

    @Test func whileDeleting() async throws {
        let wrecks = try await wrecks {
            try await $0.group(vms: ["a", "b"])
            try await create($0, "r")
            try await create($0, "s")
        } _: {
            try await $0.service.deleteRegion("r", of: "g", force: true, as: root)
        }
        expectSteps(
            wrecks,
            [
                .deleteRecorded, .drained, .detachedLive, .detachedStored, .attachmentForgotten,
                .objectUnlinked, .regionForgotten,
            ])
        for wreck in wrecks {
            let group = try await recover(wreck)
            #expect(group?.regions.map(\.name) == ["s"], "after \(wreck.step)")
        }
    }

    @Test func whileRemoving() async throws {
        let wrecks = try await wrecks {
            try await $0.group(vms: ["a", "b"])
            try await create($0, "r")
        } _: {
            try await $0.service.removeMember("b", from: "g", force: true, as: root)
        }
        expectSteps(
            wrecks,
            [
                .memberLeaving, .detachedLive, .detachedStored, .attachmentForgotten,
                .memberForgotten,
            ])
        for wreck in wrecks {
            let group = try await recover(wreck)
            #expect(group?.members.map(\.vm) == ["a"], "after \(wreck.step)")
        }
    }

    /// Every step that is announced is one that a test has died at.
    @Test func everyStepIsTried() {
        let tried: Set<Step> = [
            .regionRecorded, .regionMade, .regionNamed, .regionReady, .memberRecorded,
            .memberAssigned, .attachedLive, .attachedStored, .attachRecorded, .drained,
            .detachedLive, .detachedStored, .attachmentForgotten, .deleteRecorded, .objectUnlinked,
            .regionForgotten, .memberLeaving, .memberForgotten,
        ]
        #expect(Set(Step.allCases) == tried)
    }
}
