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
        public var places: [UUID: [VCPUPlace]] = [:]
        /// What VMs have in the host's memory.
        public var memory: [UUID: ProcessMemory] = [:]

        public init() {}
    }

    private let world: Mutex<World>
    private let asked = Mutex(0)
    private let interruption = Mutex<(@Sendable (UUID) -> Void)?>(nil)
    private let listeners = Mutex<[AsyncStream<HypervisorEvent>.Continuation]>([])

    public init(_ world: World = World()) { self.world = Mutex(world) }

    /// A copy of all there is.
    public var snapshot: World { world.withLock { $0 } }

    /// How often it was asked anything so far.
    public var questions: Int { asked.withLock { $0 } }

    public func change(_ body: (inout World) -> Void) { world.withLock { body(&$0) } }

    public func tell(_ event: HypervisorEvent) {
        listeners.withLock { for listener in $0 { listener.yield(event) } }
    }

    // MARK: What a test does to VMs

    /// Something that happens each time that a device is about to be taken from a VM.
    public func beforeDetaching(_ body: @escaping @Sendable (UUID) -> Void) {
        interruption.withLock { $0 = body }
    }

    @discardableResult
    public func add(
        _ name: String, running: Bool = true, persistent: Bool = true,
        accelerator: Domain.Accelerator = .tcg, maximumVCPUs: Int = 2, memory: UInt64 = 256 << 20,
        pci: PCITopology = PCITopology(machine: .pc, freeRootPorts: [], window: 2 << 30)
    ) -> UUID {
        let id = UUID()
        world.withLock { world in
            world.boots += 1
            world.domains[id] = Domain(
                id: id, name: name, state: running ? .running : .stopped,
                boot: running ? world.boots : nil, isPersistent: persistent,
                accelerator: accelerator, vcpus: maximumVCPUs, maximumVCPUs: maximumVCPUs,
                memory: memory, pci: pci,
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
        try look { Array($0.domains.values) }.sorted { $0.name < $1.name }
    }

    public func domain(_ nameOrUUID: String) async throws(HypervisorError) -> Domain? {
        try look { world in
            if let id = UUID(uuidString: nameOrUUID), let found = world.domains[id] { return found }
            return world.domains.values.first { $0.name == nameOrUUID }
        }
    }

    public func domain(_ id: UUID) async throws(HypervisorError) -> Domain? {
        try look { $0.domains[id] }
    }

    public func attach(_ device: SharedMemoryDevice, to domain: UUID, _ scope: DeviceScope)
        async throws(HypervisorError)
    {
        let (found, isRefusing) = try look { ($0.domains[domain], $0.refusing.contains(domain)) }
        guard let found else { throw .noSuchDomain(domain) }
        if isRefusing {
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
        interruption.withLock { $0 }?(domain)
        let (found, isHolding) = try look { ($0.domains[domain], $0.holding.contains(domain)) }
        guard let found else { throw .noSuchDomain(domain) }
        if scope == .live, isHolding {
            throw .guestHoldsDevice(device: device.name, domain: found.name)
        }
        world.withLock { world in
            switch scope {
            case .live: world.domains[domain]?.live.removeAll { $0.name == device.name }
            case .stored: world.domains[domain]?.stored.removeAll { $0.name == device.name }
            }
        }
    }

    public func vcpus(of domain: UUID) async throws(HypervisorError) -> [VCPUPlace] {
        try look { $0.places[domain] ?? [] }
    }

    public func pause(_ domain: UUID) async throws(HypervisorError) {
        try turn(domain, from: .running, to: .paused)
    }

    public func resume(_ domain: UUID) async throws(HypervisorError) {
        try turn(domain, from: .paused, to: .running)
    }

    private func turn(_ id: UUID, from: Domain.State, to: Domain.State) throws(HypervisorError) {
        let (found, isRefusing) = try look { ($0.domains[id], $0.refusing.contains(id)) }
        guard let found else { throw .noSuchDomain(id) }
        if isRefusing || !found.isActive {
            throw .refused(
                operation: "turn \(found.name) \(to)",
                reason: isRefusing ? "the test says so" : "it does not run")
        }
        world.withLock { world in
            if world.domains[id]?.state == from { world.domains[id]?.state = to }
        }
    }

    public func readOnlyObstacle() async -> String? { "the test's VMs cannot" }

    public func memory(of domains: Set<UUID>, objects: Set<String>) async -> [UUID: ProcessMemory] {
        snapshot.memory.filter { domains.contains($0.key) }
    }

    public func keepSharedMemoryOutOfCores(of domain: UUID) async -> Bool { true }

    public func events() async -> AsyncStream<HypervisorEvent> {
        let (stream, continuation) = AsyncStream<HypervisorEvent>.makeStream()
        listeners.withLock { $0.append(continuation) }
        return stream
    }

    public func status() async -> HypervisorStatus {
        HypervisorStatus(uri: "fake:///", connected: snapshot.isConnected, version: "fake 1")
    }

    public func processOwner() async throws(HypervisorError) -> ProcessOwner {
        try look { _ in ProcessOwner(user: 0, group: 0) }
    }

    /// Looks without copying the world, which may be large.
    private func look<T: Sendable>(_ body: (World) -> T) throws(HypervisorError) -> T {
        asked.withLock { $0 += 1 }
        let answer: T? = world.withLock { $0.isConnected ? body($0) : nil }
        guard let answer else {
            throw .unreachable(uri: "fake:///", reason: "the test says so")
        }
        return answer
    }
}
