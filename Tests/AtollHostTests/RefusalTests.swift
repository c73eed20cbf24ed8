// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollTestSupport
import Foundation
import Testing

/// Every refusal: its code, the offending value, a remedy; and nothing has changed after it.
@Suite struct RefusalTests {
    let root = TestHost.administrator

    /// Runs `body`, expects this refusal, and compares the world before and after.
    private func refuses(
        _ host: TestHost, _ code: ErrorCode, value: String? = nil,
        _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let groups = try await host.service.groups(as: root)
        let domains = host.hypervisor.snapshot.domains
        let files = host.memory.files
        let error = await #expect(throws: APIError.self, sourceLocation: sourceLocation) {
            try await body()
        }
        #expect(error?.code == code, "\(String(describing: error))", sourceLocation: sourceLocation)
        if let value { #expect(error?.value == value, sourceLocation: sourceLocation) }
        #expect(error?.remedy?.isEmpty == false, sourceLocation: sourceLocation)
        #expect(try await host.service.groups(as: root) == groups, sourceLocation: sourceLocation)
        #expect(host.hypervisor.snapshot.domains == domains, sourceLocation: sourceLocation)
        #expect(host.memory.files == files, sourceLocation: sourceLocation)
    }

    private func create(_ host: TestHost, _ name: String, _ size: UInt64) async throws {
        _ = try await host.service.createRegion(
            RegionSpec(name: name, size: size), in: "g", as: root)
    }

    private func add(_ host: TestHost, _ vm: String, to group: String = "g") async throws {
        _ = try await host.service.addMember(MemberSpec(vm: vm), to: group, as: root)
    }

    @Test(arguments: [
        "", ".", "..", "a/b", "-a", "a b", "a.b", "ä", String(repeating: "a", count: 41),
    ])
    func names(_ name: String) async throws {
        let host = try TestHost()
        try await host.group()
        try await refuses(host, .invalidName, value: name) { try await create(host, name, 1 << 20) }
        try await refuses(host, .invalidName, value: name) {
            _ = try await host.service.createGroup(GroupSpec(name: name, quota: 1 << 20), as: root)
        }
    }

    @Test(arguments: [
        (UInt64(3) << 20, ErrorCode.sizeNotPowerOfTwo, "3 MiB" as String?),
        ((1 << 20) + 1, .sizeNotPowerOfTwo, "1.0 MiB"), (1 << 19, .sizeTooSmall, "512 KiB"),
        (0, .sizeTooSmall, "0 B"), (1 << 41, .sizeTooLarge, "2 TiB"),
        (1 << 63, .sizeTooLarge, "8388608 TiB"), (.max, .sizeNotPowerOfTwo, nil),
    ])
    func sizes(_ size: UInt64, _ code: ErrorCode, _ value: String?) async throws {
        let host = try TestHost()
        try await host.group(vms: ["a"])
        try await refuses(host, code, value: value) { try await create(host, "r", size) }
    }

    @Test func quota() async throws {
        let host = try TestHost()
        try await host.group(quota: 3 << 20)
        try await create(host, "r", 1 << 20)
        try await refuses(host, .quotaExceeded, value: "4 MiB") {
            try await create(host, "s", 4 << 20)
        }
        try await create(host, "s", 2 << 20)
        try await refuses(host, .quotaExceeded) { try await create(host, "t", 1 << 20) }
        try await refuses(host, .invalidQuota, value: "1 KiB") {
            _ = try await host.service.createGroup(GroupSpec(name: "h", quota: 1024), as: root)
        }
    }

    @Test func hostMemory() async throws {
        let host = try TestHost()
        try await host.group(quota: 1 << 45)
        try await refuses(host, .hostMemory, value: "1 TiB") {
            try await create(host, "r", 1 << 40)
        }
    }

    @Test func takenNames() async throws {
        let host = try TestHost()
        try await host.group(vms: ["a"])
        try Data([1]).write(to: URL(fileURLWithPath: host.memory.path + "/atoll.g.r"))
        try await refuses(host, .objectTaken, value: host.memory.path + "/atoll.g.r") {
            try await create(host, "r", 1 << 20)
        }
        try FileManager.default.createSymbolicLink(
            atPath: host.memory.path + "/atoll.g.s", withDestinationPath: "/nowhere")
        try await refuses(host, .objectIsLink, value: host.memory.path + "/atoll.g.s") {
            try await create(host, "s", 1 << 20)
        }
        try await create(host, "t", 1 << 20)
        try await refuses(host, .regionExists, value: "t") { try await create(host, "t", 1 << 20) }
        try await refuses(host, .groupExists, value: "g") {
            _ = try await host.service.createGroup(GroupSpec(name: "g", quota: 1 << 20), as: root)
        }
    }

    @Test func machines() async throws {
        let host = try TestHost()
        try await host.group()
        try await create(host, "r", 4 << 20)
        host.hypervisor.add("single", maximumVCPUs: 1)
        host.hypervisor.add("kvm", accelerator: .kvm, maximumVCPUs: 1)
        host.hypervisor.add(
            "full", pci: PCITopology(machine: .q35, freeRootPorts: [], window: 1 << 30))
        host.hypervisor.add(
            "narrow", pci: PCITopology(machine: .q35, freeRootPorts: [1], window: 1 << 20))
        host.hypervisor.add(
            "tight", pci: PCITopology(machine: .pc, freeRootPorts: [], window: 1 << 20))
        host.hypervisor.add(
            "micro", pci: PCITopology(machine: .other("microvm"), freeRootPorts: [], window: 0))
        try await refuses(host, .singleVCPU, value: "single") { try await add(host, "single") }
        try await refuses(host, .noFreeRootPort, value: "full") { try await add(host, "full") }
        try await refuses(host, .pciWindowTooSmall, value: "narrow") {
            try await add(host, "narrow")
        }
        try await refuses(host, .pciWindowTooSmall, value: "tight") { try await add(host, "tight") }
        try await refuses(host, .unsupportedMachine) { try await add(host, "micro") }
        try await refuses(host, .noSuchVM, value: "nobody") { try await add(host, "nobody") }
        try await add(host, "kvm")
    }

    /// A member that has no place for a second region keeps the region from being made.
    @Test func noPlaceInAMember() async throws {
        let host = try TestHost()
        try await host.group()
        host.hypervisor.add(
            "q", pci: PCITopology(machine: .q35, freeRootPorts: [], window: 1 << 30))
        try await add(host, "q")
        try await refuses(host, .noFreeRootPort, value: "q") {
            try await create(host, "r", 1 << 20)
        }
    }

    @Test func secondAttach() async throws {
        let host = try TestHost()
        try await host.group(vms: ["a"])
        try await host.group("h")
        try await create(host, "r", 1 << 20)
        try await refuses(host, .memberExists, value: "a") { try await add(host, "a") }
        try await refuses(host, .vmInOtherGroup, value: "a") { try await add(host, "a", to: "h") }
        let b = host.hypervisor.add("b")
        host.hypervisor.change { world in
            world.domains[b]?.live = [SharedMemoryDevice(name: "atoll.g.r", bytes: 1 << 20)]
        }
        try await refuses(host, .alreadyAttached, value: "b: atoll.g.r") {
            try await add(host, "b")
        }
    }

    @Test func groupIsFull() async throws {
        let host = try TestHost()
        try await host.group(vms: (0..<64).map { "vm\($0)" })
        host.hypervisor.add("late")
        try await refuses(host, .groupFull, value: "late") { try await add(host, "late") }
    }

    @Test func nothingOfThatName() async throws {
        let host = try TestHost()
        try await host.group()
        try await refuses(host, .noSuchGroup, value: "x") {
            _ = try await host.service.group("x", as: root)
        }
        try await refuses(host, .noSuchRegion, value: "x") {
            try await host.service.deleteRegion("x", of: "g", force: true, as: root)
        }
        try await refuses(host, .noSuchMember, value: "x") {
            try await host.service.removeMember("x", from: "g", force: true, as: root)
        }
        try await refuses(host, .noSuchJob, value: "7") {
            try await host.service.signalJob(7, in: "g", signal: 2, as: root)
        }
    }

    @Test func notEmpty() async throws {
        let host = try TestHost()
        try await host.group(vms: ["a"])
        try await create(host, "r", 1 << 20)
        try await refuses(host, .groupNotEmpty, value: "g") {
            try await host.service.deleteGroup("g", force: false, as: root)
        }
        try await host.service.deleteGroup("g", force: true, as: root)
        #expect(try await host.service.groups(as: root).isEmpty)
        #expect(host.memory.files.isEmpty)
        #expect(
            host.hypervisor.snapshot.domains.values.allSatisfy {
                $0.live.isEmpty && $0.stored.isEmpty
            })
    }

    /// What libvirt refuses half-way is undone: the first VM loses again what it got.
    @Test func failureHalfWay() async throws {
        let host = try TestHost()
        try await host.group(vms: ["a", "b"])
        let b = try #require(try await host.hypervisor.domain("b"))
        host.hypervisor.change { $0.refusing = [b.id] }
        try await refuses(host, .hypervisorRefused) { try await create(host, "r", 1 << 20) }
        host.hypervisor.change { $0.isConnected = false }
        try await refuses(host, .hypervisorUnreachable) { try await create(host, "r", 1 << 20) }
    }

    /// A guest that lets go of nothing keeps its region, whole.
    @Test func guestHolds() async throws {
        let host = try TestHost()
        try await host.group(vms: ["a", "b"])
        try await create(host, "r", 1 << 20)
        let b = try #require(try await host.hypervisor.domain("b"))
        host.hypervisor.change { $0.holding = [b.id] }
        try await refuses(host, .guestHoldsDevice) {
            try await host.service.deleteRegion("r", of: "g", force: true, as: root)
        }
        try await refuses(host, .guestHoldsDevice) {
            try await host.service.removeMember("b", from: "g", force: true, as: root)
        }
    }
}
