// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// Where a member stands.
public enum MemberState: String, Codable, Sendable, CaseIterable {
    /// Its VM does not run.
    case stopped
    /// Its VM runs; no agent has joined.
    case running
    /// Its agent has joined with the current incarnation.
    case joined
    /// Its VM stopped, crashed or was destroyed after it had joined.
    case lost
    /// It is being taken out of the group.
    case leaving
}

/// How a member's agent reaches the regions' memory.
public enum MemberPath: String, Codable, Sendable, CaseIterable {
    /// The guest's kernel module: cached, in large pages.
    case module
    /// The device's memory, write-combining.
    case writeCombining = "sysfs-wc"
    /// The device's memory, uncached where the host's processor says so.
    case sysfs
    /// The object itself: a process of the host.
    case file
}

/// One VM of a group, or a process of the host.
public struct Member: Codable, Sendable, Equatable {
    /// The VM's name in libvirt, or the process's in the group.
    public var vm: String
    @PrintedUUID public var uuid: UUID
    /// The member's place in every region of the group, 0...63.
    public var slot: Int
    /// Rises with every boot of the VM; no two boots in a group have the same. 0: never seen running.
    public var incarnation: UInt64
    public var state: MemberState
    /// vCPUs that the VM has now; CPUs of the host that the process may use.
    public var vcpus: Int
    /// As whom it runs, where it is a process; absent: a VM.
    public var user: UInt32?
    /// Absent where no agent has joined.
    public var path: MemberPath?

    public init(
        vm: String, uuid: UUID, slot: Int, incarnation: UInt64, state: MemberState, vcpus: Int,
        user: UInt32? = nil, path: MemberPath? = nil
    ) {
        self.vm = vm
        self.uuid = uuid
        self.slot = slot
        self.incarnation = incarnation
        self.state = state
        self.vcpus = vcpus
        self.user = user
        self.path = path
    }
}

/// What `POST /v1/groups/{group}/members` takes: a VM, or a process of the host.
public struct MemberSpec: Codable, Sendable, Equatable {
    /// The VM's name or UUID in libvirt.
    public var vm: String?
    /// What the process is called in the group.
    public var process: String?
    /// As whom the process runs: that user may open the regions. Absent: the caller.
    public var user: UInt32?

    public init(vm: String) { self.vm = vm }

    public init(process: String, user: UInt32? = nil) {
        self.process = process
        self.user = user
    }
}
