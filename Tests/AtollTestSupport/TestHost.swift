// SPDX-License-Identifier: Apache-2.0
import AtollAPI
public import AtollHost
import Foundation
import Logging

/// A host service over a fake hypervisor, with a memory directory and a ledger that go with it.
public final class TestHost: Sendable {
    public let hypervisor: FakeHypervisor
    public let quota: FakeQuotaController
    public let doorbells: FakeDoorbellServers
    /// Stands for /dev/shm.
    public let memory: TemporaryDirectory
    /// Where the ledger lies.
    public let directory: TemporaryDirectory
    public let service: HostService

    public static let administrator = Caller(user: 0, isAdministrator: true)

    public init(
        hypervisor: FakeHypervisor = FakeHypervisor(),
        quota: FakeQuotaController = FakeQuotaController(),
        doorbells: FakeDoorbellServers = FakeDoorbellServers(),
        memory: TemporaryDirectory? = nil,
        directory: TemporaryDirectory? = nil, ledger: Ledger? = nil,
        placement: any Placement = OneNodePlacement(), filler: any RegionFiller = InProcessFiller(),
        onStep: (@Sendable (Step) -> Void)? = nil,
        configure: (inout HostConfiguration) -> Void = { _ in }
    ) throws {
        self.hypervisor = hypervisor
        self.quota = quota
        self.doorbells = doorbells
        self.memory = try memory ?? TemporaryDirectory(inMemory: true)
        self.directory = try directory ?? TemporaryDirectory(inMemory: true)
        var configuration = HostConfiguration()
        configuration.memoryDirectory = self.memory.path
        configuration.memoryReserve = 0
        configuration.patience = .milliseconds(200)
        configuration.reconcileInterval = .milliseconds(50)
        configure(&configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        service = HostService(
            ledger: try ledger ?? Ledger(directory: self.directory.path),
            ports: HostPorts(
                hypervisor: hypervisor, quota: quota, placement: placement,
                filler: filler, doorbells: doorbells),
            configuration: configuration, logger: logger, onStep: onStep)
    }

    /// A group with these running VMs as members.
    public func group(_ name: String = "g", quota: UInt64 = 1 << 30, vms: [String] = [])
        async throws
    {
        _ = try await service.createGroup(
            GroupSpec(name: name, quota: quota), as: Self.administrator)
        for vm in vms {
            hypervisor.add(vm)
            _ = try await service.addMember(MemberSpec(vm: vm), to: name, as: Self.administrator)
        }
    }
}
