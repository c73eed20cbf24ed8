// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// What the host needs to be told.
public struct HostConfiguration: Sendable {
    /// Where POSIX shared-memory objects lie: `/dev/shm`, since libvirt knows no other place.
    public var memoryDirectory: String = "/dev/shm"
    /// The kernel's list of what is mounted.
    public var mountTable: String = "/proc/self/mounts"
    /// Where the kernel shows its pools of huge pages.
    public var poolDirectory: String = "/sys/kernel/mm/hugepages"
    /// Bytes of the host's memory that regions never take.
    public var memoryReserve: UInt64 = 256 << 20
    /// Bytes that the regions of all groups of one owner may take together; `nil`: no limit. The
    /// ledger may say otherwise of an owner.
    public var ownerQuota: UInt64?
    /// How many groups one owner may have; `nil`: no limit.
    public var ownerGroups: UInt64?
    /// Who opens regions; absent: what the hypervisor says.
    public var processOwner: ProcessOwner?
    /// How long a guest may take to let go of a region or a device.
    public var patience: Duration = .seconds(15)
    /// How long an agent or a launcher may be silent before its job ends.
    public var lease: Duration = .seconds(30)
    /// How often the world is compared with the ledger where nothing else asks for it.
    public var reconcileInterval: Duration = .seconds(10)

    /// How long all threads at a job's barrier wait before those that have not come are named.
    public var stuckBound: Duration = .seconds(30)
    /// Regions that a group may have: each is a device of every member, and is looked at ten times a
    /// second.
    public var regionsPerGroup: Int = 32
    /// Jobs of a group that run at once by this daemon.
    public var jobsPerGroup: Int = 64
    /// Events that may wait for somebody who follows them.
    public var eventsUntaken: Int = 4096

    /// The wall clock: for what people read, never for durations or order, since anybody may set it.
    public var now: @Sendable () -> Date = { Date.now }

    public init() {}
}
