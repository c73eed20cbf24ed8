// SPDX-License-Identifier: Apache-2.0

/// What `GET /v1/status` answers.
public struct Status: Codable, Sendable, Equatable {
    public var version: String
    /// Seconds since the daemon started.
    public var uptime: Double
    public var hypervisor: HypervisorStatus
    /// Bytes of host memory that can still be given to regions.
    public var memoryAvailable: UInt64
    public var memoryTotal: UInt64
    public var groups: Int
    public var regions: Int
    public var members: Int
    /// Bytes of all regions together.
    public var reserved: UInt64
    public var jobs: [Job]
    /// What groups may take and take, where it was asked for.
    public var accounts: [GroupAccount]?

    public init(
        version: String, uptime: Double, hypervisor: HypervisorStatus, memoryAvailable: UInt64,
        memoryTotal: UInt64, groups: Int, regions: Int, members: Int, reserved: UInt64, jobs: [Job],
        accounts: [GroupAccount]? = nil
    ) {
        self.accounts = accounts
        self.version = version
        self.uptime = uptime
        self.hypervisor = hypervisor
        self.memoryAvailable = memoryAvailable
        self.memoryTotal = memoryTotal
        self.groups = groups
        self.regions = regions
        self.members = members
        self.reserved = reserved
        self.jobs = jobs
    }
}

/// The daemon's hold on the hypervisor.
public struct HypervisorStatus: Codable, Sendable, Equatable {
    public var uri: String
    public var connected: Bool
    /// Such as "QEMU 7.2.22, libvirt 9.0.0"; absent while not connected.
    public var version: String?

    public init(uri: String, connected: Bool, version: String?) {
        self.uri = uri
        self.connected = connected
        self.version = version
    }
}

/// The verdict of one check of `atoll doctor`.
public enum CheckVerdict: String, Codable, Sendable {
    case ok
    case warning
    case failed
}

/// One check of `atoll doctor`.
public struct Check: Codable, Sendable, Equatable {
    public var name: String
    public var verdict: CheckVerdict
    /// What was found.
    public var finding: String
    /// How to mend it; absent where nothing is wrong.
    public var remedy: String?

    public init(name: String, verdict: CheckVerdict, finding: String, remedy: String? = nil) {
        self.name = name
        self.verdict = verdict
        self.finding = finding
        self.remedy = remedy
    }
}
