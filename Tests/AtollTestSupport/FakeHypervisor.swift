// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
public import AtollHost
public import Foundation
import Synchronization

/// A hypervisor of records, for unit tests: VMs are what the test says they are. Behaves as the port
/// promises, and fails where a test asks it to.
public final class FakeHypervisor: Hypervisor {
    public struct World: Sendable {
        public var domains: [UUID: Domain] = [:]
        public var isConnected = true
        /// VMs whose guest lets go of nothing.
        public var holding: Set<UUID> = []
        /// VMs to which nothing can be attached.
        public var refusing: Set<UUID> = []
        public var boots = 0

        public init() {}
    }

    private let world: Mutex<World>
    private let listeners = Mutex<[AsyncStream<HypervisorEvent>.Continuation]>([])

    public init(_ world: World = World()) { self.world = Mutex(world) }

    /// A copy of all there is.
    public var snapshot: World { world.withLock { $0 } }

    public func change(_ body: (inout World) -> Void) { world.withLock { body(&$0) } }

    public func tell(_ event: HypervisorEvent) {
        listeners.withLock { for listener in $0 { listener.yield(event) } }
    }

    // MARK: What a test does to VMs

    @discardableResult
    public func add(
        _ name: String, running: Bool = true, persistent: Bool = true,
        accelerator: Domain.Accelerator = .tcg, maximumVCPUs: Int = 2,
        pci: PCITopology = PCITopology(machine: .pc, freeRootPorts: [], window: 2 << 30)
    ) -> UUID {
        let id = UUID()
        world.withLock { world in
            world.boots += 1
            world.domains[id] = Domain(
                id: id, name: name, state: running ? .running : .stopped,
                boot: running ? world.boots : nil, isPersistent: persistent,
                accelerator: accelerator, vcpus: maximumVCPUs, maximumVCPUs: maximumVCPUs, pci: pci,
                live: [], stored: [])
        }
        return id
    }

    /// The VM's process ends; a transient one is gone altogether.
    public func stop(_ id: UUID, silently: Bool = false) {
        world.withLock { world in
            guard var domain = world.domains[id] else { return }
            domain.state = .stopped
            domain.boot = nil
            domain.live = []
            world.domains[id] = domain.isPersistent ? domain : nil
        }
        if !silently { tell(.stopped(id)) }
    }

    public func start(_ id: UUID, silently: Bool = false) {
        world.withLock { world in
            world.boots += 1
            world.domains[id]?.state = .running
            world.domains[id]?.boot = world.boots
            let stored = world.domains[id]?.stored ?? []
            world.domains[id]?.live = stored
        }
        if !silently { tell(.started(id)) }
    }

    // MARK: The port

    public func domains() async throws(HypervisorError) -> [Domain] {
        try connected().domains.values.sorted { $0.name < $1.name }
    }

    public func domain(_ nameOrUUID: String) async throws(HypervisorError) -> Domain? {
        try connected().domains.values.first {
            $0.name == nameOrUUID || $0.id.uuidString.lowercased() == nameOrUUID.lowercased()
        }
    }

    public func domain(_ id: UUID) async throws(HypervisorError) -> Domain? {
        try connected().domains[id]
    }

    public func attach(_ device: SharedMemoryDevice, to domain: UUID, _ scope: DeviceScope)
        async throws(HypervisorError)
    {
        let now = try connected()
        guard let found = now.domains[domain] else { throw .noSuchDomain(domain) }
        if now.refusing.contains(domain) {
            throw .refused(operation: "attach \(device.name)", reason: "the test says so")
        }
        let list = scope == .live ? found.live : found.stored
        if list.contains(where: { $0.name == device.name }) { return }
        world.withLock { world in
            switch scope {
            case .live: world.domains[domain]?.live.append(device)
            case .stored: world.domains[domain]?.stored.append(device)
            }
        }
    }

    public func detach(
        _ device: SharedMemoryDevice, from domain: UUID, _ scope: DeviceScope, patience: Duration
    ) async throws(HypervisorError) {
        let now = try connected()
        guard let found = now.domains[domain] else { throw .noSuchDomain(domain) }
        if scope == .live, now.holding.contains(domain) {
            throw .guestHoldsDevice(device: device.name, domain: found.name)
        }
        world.withLock { world in
            switch scope {
            case .live: world.domains[domain]?.live.removeAll { $0.name == device.name }
            case .stored: world.domains[domain]?.stored.removeAll { $0.name == device.name }
            }
        }
    }

    public func events() async -> AsyncStream<HypervisorEvent> {
        let (stream, continuation) = AsyncStream<HypervisorEvent>.makeStream()
        listeners.withLock { $0.append(continuation) }
        return stream
    }

    public func status() async -> HypervisorStatus {
        HypervisorStatus(uri: "fake:///", connected: snapshot.isConnected, version: "fake 1")
    }

    public func processOwner() async throws(HypervisorError) -> ProcessOwner {
        _ = try connected()
        return ProcessOwner(user: 0, group: 0)
    }

    private func connected() throws(HypervisorError) -> World {
        let now = snapshot
        guard now.isConnected else {
            throw .unreachable(uri: "fake:///", reason: "the test says so")
        }
        return now
    }
}
