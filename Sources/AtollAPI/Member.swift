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

/// One VM of a group.
public struct Member: Codable, Sendable, Equatable {
    /// The VM's name in libvirt.
    public var vm: String
    @PrintedUUID public var uuid: UUID
    /// The member's place in every region of the group, 0...63.
    public var slot: Int
    /// Rises with every boot of the VM; no two boots in a group have the same. 0: never seen running.
    public var incarnation: UInt64
    public var state: MemberState
    /// vCPUs that the VM has now.
    public var vcpus: Int

    public init(
        vm: String, uuid: UUID, slot: Int, incarnation: UInt64, state: MemberState, vcpus: Int
    ) {
        self.vm = vm
        self.uuid = uuid
        self.slot = slot
        self.incarnation = incarnation
        self.state = state
        self.vcpus = vcpus
    }
}

/// What `POST /v1/groups/{group}/members` takes.
public struct MemberSpec: Codable, Sendable, Equatable {
    /// The VM's name or UUID in libvirt.
    public var vm: String

    public init(vm: String) { self.vm = vm }
}
