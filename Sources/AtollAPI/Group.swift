// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// A named set of VMs that share regions.
public struct Group: Codable, Sendable, Equatable {
    @PrintedUUID public var id: UUID
    public var name: String
    /// The Unix user that owns the group and may change it.
    public var owner: UInt32
    /// Bytes that the group's regions may take together.
    public var quota: UInt64
    /// Bytes that they take now.
    public var reserved: UInt64
    public var created: Date
    public var regions: [Region]
    public var members: [Member]

    public init(
        id: UUID, name: String, owner: UInt32, quota: UInt64, reserved: UInt64, created: Date,
        regions: [Region], members: [Member]
    ) {
        self.id = id
        self.name = name
        self.owner = owner
        self.quota = quota
        self.reserved = reserved
        self.created = created
        self.regions = regions
        self.members = members
    }
}

/// What `POST /v1/groups` takes.
public struct GroupSpec: Codable, Sendable, Equatable {
    public var name: String
    /// Bytes.
    public var quota: UInt64
    /// The owner's user id; absent: the caller. Only an administrator may name another.
    public var owner: UInt32?

    public init(name: String, quota: UInt64, owner: UInt32? = nil) {
        self.name = name
        self.quota = quota
        self.owner = owner
    }
}
