// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollHost
import AtollTestSupport
import Foundation
import Logging

/// atoll-host-bench GROUPS: the daemon's service with so many groups of ten members over a hypervisor of
/// records. Does what it reads, a word a line, and answers each with a figure.
@main
struct HostBench {
    static let root = TestHost.administrator
    static let membersPerGroup = 10

    let memory: TemporaryDirectory
    let directory: TemporaryDirectory
    let hypervisor = FakeHypervisor()
    var service: HostService
    var running: Task<Void, Never>?
    var vms: [UUID] = []

    static func main() async throws {
        guard CommandLine.arguments.count == 2, let groups = Int(CommandLine.arguments[1]) else {
            print("usage: atoll-host-bench GROUPS")
            exit(64)
        }
        var bench = try HostBench()
        try await bench.fill(groups: groups)
        print("ready")
        while let word = readLine() {
            let figure =
                switch word {
                case "start": try await bench.start()
                case "event": try await bench.event()
                case "attach": try await bench.attach(number: groups / 2)
                case "list": try await bench.list()
                case "look": try await bench.look()
                default: Double.nan
                }
            print(figure)
            fflush(nil)
        }
        bench.running?.cancel()
    }

    init() throws {
        memory = try TemporaryDirectory(inMemory: true)
        directory = try TemporaryDirectory(inMemory: true)
        service = try Self.service(hypervisor, memory, directory)
    }

    private static func service(
        _ hypervisor: FakeHypervisor, _ memory: TemporaryDirectory, _ directory: TemporaryDirectory
    ) throws -> HostService {
        var configuration = HostConfiguration()
        configuration.memoryDirectory = memory.path
        configuration.memoryReserve = 0
        var logger = Logger(label: "bench")
        logger.logLevel = .critical
        return HostService(
            ledger: try Ledger(directory: directory.path),
            ports: HostPorts(
                hypervisor: hypervisor, quota: NoQuotaController(), placement: OneNodePlacement(),
                filler: NoFiller()),
            configuration: configuration, logger: logger)
    }

    /// The memory of a thousand regions is not what is measured.
    private struct NoFiller: RegionFiller {
        func fill(_ order: FillOrder, progress: @escaping @Sendable (UInt64) -> Void)
            async throws(FillError)
        {}
    }

    private static func name(_ number: Int) -> String { "group-\(number)" }

    private mutating func fill(groups: Int) async throws {
        for number in 0..<groups {
            let name = Self.name(number)
            _ = try await service.createGroup(GroupSpec(name: name, quota: 1 << 30), as: Self.root)
            for member in 0..<Self.membersPerGroup {
                let vm = hypervisor.add("vm-\(number)-\(member)")
                vms.append(vm)
                _ = try await service.addMember(
                    MemberSpec(vm: vm.uuidString), to: name, as: Self.root)
            }
            _ = try await service.createRegion(
                RegionSpec(name: "r", size: 1 << 20), in: name, as: Self.root)
        }
        _ = try await start()
    }

    // MARK: What is measured

    /// Milliseconds from opening the ledger until the service is ready.
    private mutating func start() async throws -> Double {
        running?.cancel()
        await running?.value
        let before = ContinuousClock.now
        service = try Self.service(hypervisor, memory, directory)
        let service = self.service
        running = Task { await service.run() }
        while await !service.isReady() { try await Task.sleep(for: .milliseconds(1)) }
        return (ContinuousClock.now - before) / .milliseconds(1)
    }

    /// Microseconds for one event: from the hypervisor's word that a VM stopped or started until it is in
    /// the ledger and the regions, and told. Of VMs here and there.
    private func event() async throws -> Double {
        let count = 100
        let stream = try await service.events(
            since: .max, group: nil, follow: true, as: Self.root)
        var told = stream.makeAsyncIterator()
        let before = ContinuousClock.now
        for number in 0..<count {
            let vm = vms[number * 7919 % vms.count]
            hypervisor.stop(vm)
            _ = await told.next()
            hypervisor.start(vm)
            _ = await told.next()
        }
        return (ContinuousClock.now - before) / .microseconds(2 * count)
    }

    /// Milliseconds for a region that is made, plugged into ten VMs, and removed.
    private func attach(number: Int) async throws -> Double {
        let before = ContinuousClock.now
        let group = Self.name(number)
        _ = try await service.createRegion(
            RegionSpec(name: "passing", size: 1 << 20), in: group, as: Self.root)
        try await service.deleteRegion("passing", of: group, force: true, as: Self.root)
        return (ContinuousClock.now - before) / .milliseconds(1)
    }

    /// Milliseconds to list all groups after one has changed.
    private func list() async throws -> Double {
        _ = try await service.createGroup(
            GroupSpec(name: "passing", quota: 1 << 30), as: Self.root)
        try await service.deleteGroup("passing", force: true, as: Self.root)
        let before = ContinuousClock.now
        _ = try await service.groups(as: Self.root)
        return (ContinuousClock.now - before) / .milliseconds(1)
    }

    /// Milliseconds to list them again.
    private func look() async throws -> Double {
        let before = ContinuousClock.now
        _ = try await service.groups(as: Self.root)
        return (ContinuousClock.now - before) / .milliseconds(1)
    }
}
