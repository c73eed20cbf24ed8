// SPDX-License-Identifier: Apache-2.0

/// What a group may take of the host's memory, and what it takes now. Bytes. Shared pages are counted
/// once: as the region's, and not again for each VM that maps them.
public struct GroupAccount: Codable, Sendable, Equatable {
    public var group: String
    public var owner: UInt32
    /// What its regions may take together.
    public var quota: UInt64
    /// Beyond this it is warned; absent: never.
    public var soft: UInt64?
    /// The sizes of its regions.
    public var reserved: UInt64
    /// What its regions have in memory.
    public var resident: UInt64
    /// `resident` and its VMs' own memory.
    public var total: UInt64
    /// How often it was refused memory by the ledger.
    public var denials: UInt64
    /// What the kernel charges the group for; absent where it charges nothing.
    public var charge: Charge?
    public var regions: [RegionAccount]
    /// Its VMs that run, as far as their processes can be looked at.
    public var vms: [GuestAccount]

    public init(
        group: String, owner: UInt32, quota: UInt64, soft: UInt64? = nil, reserved: UInt64,
        denials: UInt64, charge: Charge? = nil, regions: [RegionAccount],
        vms: [GuestAccount]
    ) {
        self.group = group
        self.owner = owner
        self.quota = quota
        self.soft = soft
        self.reserved = reserved
        self.denials = denials
        self.charge = charge
        self.regions = regions
        self.vms = vms
        resident = regions.reduce(0) { $0 + $1.resident }
        total = vms.reduce(resident) { $0 + $1.own }
    }
}

/// One region's part of a ``GroupAccount``. Bytes.
public struct RegionAccount: Codable, Sendable, Equatable {
    public var region: String
    public var size: UInt64
    public var pages: PageSize
    /// What of it is in memory.
    public var resident: UInt64
    /// What the kernel charges the group for on its account; absent where it does not say.
    public var charged: UInt64?
    /// Where it lies: by NUMA node. As it was looked at last, some seconds ago; absent where it was not
    /// yet, or cannot be.
    public var nodes: [String: UInt64]?

    public init(
        region: String, size: UInt64, pages: PageSize, resident: UInt64, charged: UInt64? = nil,
        nodes: [String: UInt64]? = nil
    ) {
        self.region = region
        self.size = size
        self.pages = pages
        self.resident = resident
        self.charged = charged
        self.nodes = nodes
    }
}

/// One VM's part of a ``GroupAccount``. Bytes.
public struct GuestAccount: Codable, Sendable, Equatable {
    public var vm: String
    /// What its process has in memory, without regions.
    public var own: UInt64
    /// What it has touched of regions, which is counted there.
    public var shared: UInt64

    public init(vm: String, own: UInt64, shared: UInt64) {
        self.vm = vm
        self.own = own
        self.shared = shared
    }
}

/// What the daemon has done since it started.
public struct DaemonFigures: Codable, Sendable, Equatable {
    /// Answered, by status: "200", "404", ...
    public var requests: [String: UInt64]
    public var events: UInt64
    public var jobsStarted: UInt64

    public init(requests: [String: UInt64], events: UInt64, jobsStarted: UInt64) {
        self.requests = requests
        self.events = events
        self.jobsStarted = jobsStarted
    }
}
