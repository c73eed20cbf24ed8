// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
public import Foundation

/// The port through which the host sees and changes VMs. Every call may take seconds; none blocks a
/// thread of Swift's pool.
public protocol Hypervisor: Sendable {
    /// All VMs, running or defined.
    func domains() async throws(HypervisorError) -> [Domain]

    /// The VM of this name or, failing that, of this UUID; `nil` where there is none.
    func domain(_ nameOrUUID: String) async throws(HypervisorError) -> Domain?

    /// The VM of this UUID; `nil` where there is none.
    func domain(_ id: UUID) async throws(HypervisorError) -> Domain?

    /// Adds the device to the running VM or to its stored definition. Adding one that is there
    /// already (same name) changes nothing and succeeds, so that a step can be repeated.
    /// Success here means only that the hypervisor took it; whether the guest did, the guest says.
    func attach(_ device: SharedMemoryDevice, to domain: UUID, _ scope: DeviceScope)
        async throws(HypervisorError)

    /// Takes the device away. Removing one that is not there succeeds. For a running VM it returns
    /// only when the device is really gone (the device-removed event or its absence in the live
    /// definition), and throws ``HypervisorError/guestHoldsDevice`` when it is still there after
    /// `patience`.
    func detach(
        _ device: SharedMemoryDevice, from domain: UUID, _ scope: DeviceScope, patience: Duration
    ) async throws(HypervisorError)

    /// What happens to VMs, from the call on. Each caller has its own stream. After a lost
    /// connection came back, ``HypervisorEvent/reconnected`` says that events may have been missed.
    func events() async -> AsyncStream<HypervisorEvent>

    /// Whether the hypervisor answers, and which it is.
    func status() async -> HypervisorStatus

    /// Where the VM's vCPUs run and may run; empty where the hypervisor does not say.
    func vcpus(of domain: UUID) async throws(HypervisorError) -> [VCPUPlace]

    /// Stops the VM's vCPUs where they are; one that stands still already stays so.
    func pause(_ domain: UUID) async throws(HypervisorError)

    /// Lets the vCPUs of a paused VM go on; one that runs goes on running.
    func resume(_ domain: UUID) async throws(HypervisorError)

    /// Why a VM cannot be given a region that it may read and not write; `nil`: it can.
    func readOnlyObstacle() async -> String?

    /// What the processes of these VMs have in the host's memory; without those that cannot be looked
    /// at. Shared-memory objects are known by their paths.
    func memory(of domains: Set<UUID>, objects: Set<String>) async -> [UUID: ProcessMemory]

    /// Sees to it that a core dump of the VM's process holds no memory that it shares, and says whether
    /// that could be done.
    @discardableResult
    func keepSharedMemoryOutOfCores(of domain: UUID) async -> Bool

    /// The user and group as which VMs run, who must be able to open a region's memory.
    func processOwner() async throws(HypervisorError) -> ProcessOwner
}

/// On which of the host's CPUs a vCPU runs.
public struct VCPUPlace: Sendable, Equatable {
    /// At the moment; `nil` where the VM does not run.
    public var current: Int?
    /// Where it may.
    public var allowed: Set<Int>

    public init(current: Int?, allowed: Set<Int>) {
        self.current = current
        self.allowed = allowed
    }
}

extension Hypervisor {
    public func vcpus(of domain: UUID) async throws(HypervisorError) -> [VCPUPlace] { [] }
}

/// Which of a VM's two definitions a device is in.
public enum DeviceScope: Sendable, Equatable {
    /// The running VM.
    case live
    /// The definition that the next start takes.
    case stored
}

/// Bytes that one process has in the host's memory.
public struct ProcessMemory: Sendable, Equatable {
    /// Its own.
    public var own: UInt64
    /// What it has touched of shared-memory objects, which others have too.
    public var shared: UInt64

    public init(own: UInt64, shared: UInt64) {
        self.own = own
        self.shared = shared
    }
}

public struct ProcessOwner: Sendable, Equatable {
    public var user: UInt32
    public var group: UInt32

    public init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }
}

public enum HypervisorEvent: Sendable, Equatable {
    /// The VM runs (started, restored).
    case started(UUID)
    /// The guest started anew inside the same VM process: what ran in it is gone, what was plugged
    /// in stays.
    case rebooted(UUID)
    /// The VM's process is gone: it can write no more. The authoritative word of death.
    case stopped(UUID)
    /// The guest has let go of the device with this alias.
    case deviceRemoved(UUID, alias: String)
    /// A stored definition appeared or changed.
    case defined(UUID)
    /// A stored definition was removed; the VM may still run.
    case undefined(UUID)
    /// The connection is back after a loss: look at everything anew.
    case reconnected
    /// The connection is lost; nothing can be said of any VM until ``reconnected``.
    case disconnected
}

public enum HypervisorError: Error, Sendable, Equatable {
    /// No connection, or no answer in time. What had been sent by then may still be done: look
    /// before relying on either.
    case unreachable(uri: String, reason: String)
    case noSuchDomain(UUID)
    /// The hypervisor refused, in its own words; what was asked was not done.
    case refused(operation: String, reason: String)
    /// It took the unplug, and the guest has not let go in time.
    case guestHoldsDevice(device: String, domain: String)
}
