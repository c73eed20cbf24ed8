// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// A VM as the hypervisor describes it.
public struct Domain: Sendable, Equatable {
    public enum State: String, Sendable { case running, paused, stopped }
    /// How its vCPUs run.
    public enum Accelerator: Sendable, Equatable {
        case kvm
        /// Software emulation: with a single possible vCPU its atomics are not atomic.
        case tcg
    }

    public var id: UUID
    public var name: String
    public var state: State
    /// Tells one start of the VM from another, as far as the hypervisor can; `nil` while stopped.
    public var boot: Int?
    /// Whether a stored definition outlives the running VM.
    public var isPersistent: Bool
    public var accelerator: Accelerator
    public var vcpus: Int
    public var maximumVCPUs: Int
    /// Bytes that the guest may have at most.
    public var memory: UInt64
    public var pci: PCITopology
    /// Shared-memory devices of the running VM; empty where it does not run.
    public var live: [SharedMemoryDevice]
    /// Shared-memory devices of the stored definition; empty where there is none.
    public var stored: [SharedMemoryDevice]

    /// Whether a process of this VM exists (running or paused).
    public var isActive: Bool { state != .stopped }

    public init(
        id: UUID, name: String, state: State, boot: Int? = nil, isPersistent: Bool,
        accelerator: Accelerator, vcpus: Int, maximumVCPUs: Int, memory: UInt64 = 0,
        pci: PCITopology,
        live: [SharedMemoryDevice],
        stored: [SharedMemoryDevice]
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.boot = boot
        self.isPersistent = isPersistent
        self.accelerator = accelerator
        self.vcpus = vcpus
        self.maximumVCPUs = maximumVCPUs
        self.memory = memory
        self.pci = pci
        self.live = live
        self.stored = stored
    }
}

/// What decides whether a shared-memory device finds a place in a VM.
public struct PCITopology: Sendable, Equatable {
    public enum Machine: Sendable, Equatable {
        /// i440FX: devices are plugged into the root bus.
        case pc
        /// Q35: each hot-plugged device needs a root port of its own.
        case q35
        case other(String)
    }

    public var machine: Machine
    /// Indexes of root ports with nothing behind them.
    public var freeRootPorts: [Int]
    /// Bytes of 64-bit prefetchable window that one hot-plugged device can use: on Q35 what a root
    /// port reserves, on i440FX what is left of the 64-bit hole.
    public var window: UInt64

    public init(machine: Machine, freeRootPorts: [Int], window: UInt64) {
        self.machine = machine
        self.freeRootPorts = freeRootPorts
        self.window = window
    }
}

/// An ivshmem device, as libvirt's `<shmem>` describes it.
public struct SharedMemoryDevice: Sendable, Equatable, Hashable {
    /// What makes it one by which VMs can wake one another.
    public struct Doorbell: Sendable, Equatable, Hashable {
        /// Where its server listens, which also gives it its memory.
        public var socket: String
        /// Interrupts that the VM can get.
        public var vectors: Int

        public init(socket: String, vectors: Int) {
            self.socket = socket
            self.vectors = vectors
        }
    }

    /// Name of the POSIX shared-memory object, without the leading slash.
    public var name: String
    /// Of one with a doorbell, which has what its server gives it, the hypervisor does not know: 0.
    public var bytes: UInt64
    /// `nil`: a plain one.
    public var doorbell: Doorbell?
    /// libvirt's alias; absent in a device that is not plugged in yet.
    public var alias: String?

    public init(
        name: String, bytes: UInt64, doorbell: Doorbell? = nil, alias: String? = nil
    ) {
        self.doorbell = doorbell
        self.name = name
        self.bytes = bytes
        self.alias = alias
    }
}
