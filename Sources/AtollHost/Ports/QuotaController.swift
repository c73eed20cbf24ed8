// SPDX-License-Identifier: Apache-2.0
public import AtollAPI

/// The port through which the memory of regions is charged to their groups, and to nobody else.
/// Every call can be repeated. Groups and regions go by their names, which are plain words.
public protocol QuotaController: Sendable {
    /// What charges, and where; or why nothing does.
    func status() async -> ChargeStatus

    /// Makes the group's account if there is none, and sets its limits. Throws
    /// ``QuotaError/belowUse(limit:used:)`` where the group already uses more.
    func open(_ account: ChargeAccount) async throws(QuotaError)

    /// Makes the region's own part of the account; a process that joins it is charged there for every
    /// page that it takes first.
    func ticket(region: String, group: String, pages: PageSize) async throws(QuotaError)
        -> ChargeTicket

    /// What the kernel says is charged; `nil`: the group has no account.
    func charge(of group: String) async throws(QuotaError) -> GroupCharge?

    /// Gives the region's part up. Only after its memory is gone.
    func close(region: String, group: String) async throws(QuotaError)

    /// Gives the group's account up. Only after its regions are.
    func close(group: String) async throws(QuotaError)

    /// Groups that have an account, with the regions that have a part of it: what a daemon finds at its
    /// start, to give up what nobody needs.
    func accounts() async throws(QuotaError) -> [String: Set<String>]
}

/// The limits of a group. All in bytes.
public struct ChargeAccount: Sendable, Equatable {
    public var group: String
    /// What its regions may take together; the kernel's limit is this and the slack that it needs for
    /// its own bookkeeping.
    public var quota: UInt64
    /// Beyond this the group is warned; `nil`: never.
    public var soft: UInt64?

    public init(group: String, quota: UInt64, soft: UInt64? = nil) {
        self.group = group
        self.quota = quota
        self.soft = soft
    }
}

/// How a process joins a region's account.
public struct ChargeTicket: Sendable, Equatable {
    /// A limit above the account, as files that tell it and its use.
    public struct Wall: Sendable, Equatable {
        /// A number of bytes, or `max`.
        public var limit: String
        public var usage: String
        /// Of what the use consists; `nil`: nothing of it could be given back.
        public var stat: String?

        public init(limit: String, usage: String, stat: String? = nil) {
            self.limit = limit
            self.usage = usage
            self.stat = stat
        }
    }

    /// It writes its number into each of these files before it takes any memory.
    public var joins: [String]
    /// Looked at before each step, since beyond them the kernel kills.
    public var walls: [Wall]

    public init(joins: [String], walls: [Wall] = []) {
        self.joins = joins
        self.walls = walls
    }
}

public enum QuotaError: Error, Sendable, Equatable {
    /// This host charges nothing; why.
    case unavailable(reason: String)
    /// The limit is below what is used. Bytes.
    case belowUse(limit: UInt64, used: UInt64)
    /// The kernel refused.
    case failed(operation: String, reason: String)
}
