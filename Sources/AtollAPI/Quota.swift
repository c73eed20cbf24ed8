// SPDX-License-Identifier: Apache-2.0

/// What a group may have, has, and is charged for. All in bytes.
public struct Quota: Codable, Sendable, Equatable {
    public var group: String
    /// What the group's regions may take together; no region is made beyond it.
    public var quota: UInt64
    /// Beyond this an event warns; absent: never.
    public var soft: UInt64?
    /// Whether the memory of the members' VMs counts against the quota too.
    public var includesGuests: Bool
    /// What regions have been given.
    public var reserved: UInt64
    /// What the members' VMs may take, where it counts; else 0.
    public var guests: UInt64
    /// What is left of the quota.
    public var available: UInt64
    /// What the kernel says; absent: this host charges nothing.
    public var charge: Charge?

    public init(
        group: String, quota: UInt64, soft: UInt64?, includesGuests: Bool, reserved: UInt64,
        guests: UInt64, available: UInt64, charge: Charge?
    ) {
        self.group = group
        self.quota = quota
        self.soft = soft
        self.includesGuests = includesGuests
        self.reserved = reserved
        self.guests = guests
        self.available = available
        self.charge = charge
    }
}

/// What the kernel charges a group for. All in bytes but the counter.
public struct Charge: Codable, Sendable, Equatable {
    /// Now, huge pages of pools not among it.
    public var used: UInt64
    /// The kernel's own limit: the quota and what its bookkeeping needs.
    public var limit: UInt64?
    /// The most that it has been.
    public var peak: UInt64?
    /// How often a page was refused for the limit's sake.
    public var denials: UInt64
    /// By the size of the pool's pages, such as `2MiB`.
    public var hugePages: [String: UInt64]
    /// By region.
    public var regions: [String: UInt64]

    public init(
        used: UInt64, limit: UInt64?, peak: UInt64?, denials: UInt64, hugePages: [String: UInt64],
        regions: [String: UInt64]
    ) {
        self.used = used
        self.limit = limit
        self.peak = peak
        self.denials = denials
        self.hugePages = hugePages
        self.regions = regions
    }
}

/// What `PUT /v1/groups/{group}/quota` takes; what is absent stays as it is.
public struct QuotaSpec: Codable, Sendable, Equatable {
    /// Bytes.
    public var quota: UInt64?
    /// Bytes; 0: no soft limit.
    public var soft: UInt64?
    public var includesGuests: Bool?

    public init(quota: UInt64? = nil, soft: UInt64? = nil, includesGuests: Bool? = nil) {
        self.quota = quota
        self.soft = soft
        self.includesGuests = includesGuests
    }
}

/// What all groups of one owner may have together, and have.
public struct OwnerQuota: Codable, Sendable, Equatable {
    /// The Unix user.
    public var owner: UInt32
    /// Bytes of all their regions; absent: no limit.
    public var quota: UInt64?
    /// How many groups; absent: no limit.
    public var groupLimit: UInt64?
    /// Bytes that their regions have been given.
    public var reserved: UInt64
    public var groups: UInt64

    public init(
        owner: UInt32, quota: UInt64?, groupLimit: UInt64?, reserved: UInt64, groups: UInt64
    ) {
        self.owner = owner
        self.quota = quota
        self.groupLimit = groupLimit
        self.reserved = reserved
        self.groups = groups
    }
}

/// What `PUT /v1/owners/{owner}/quota` takes; what is absent stays as it is.
public struct OwnerQuotaSpec: Codable, Sendable, Equatable {
    /// Bytes; 0: as the daemon's settings say.
    public var quota: UInt64?
    /// 0: as the daemon's settings say.
    public var groupLimit: UInt64?

    public init(quota: UInt64? = nil, groupLimit: UInt64? = nil) {
        self.quota = quota
        self.groupLimit = groupLimit
    }
}
