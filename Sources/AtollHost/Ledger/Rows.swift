// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import GRDB

/// A table's row: UUIDs as lower-case text, so that people can read the ledger with sqlite3.
protocol Row: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {}

extension Row {
    static func databaseUUIDEncodingStrategy(for column: String) -> DatabaseUUIDEncodingStrategy {
        .lowercaseString
    }
}

struct GroupRow: Row {
    static let databaseTableName = "groups"
    var id: UUID
    var name: String
    var owner: Int64
    var quota: Int64
    /// The last incarnation given to a member of this group: no two boots ever have the same.
    var incarnations: Int64 = 0
    var created: Date
    /// Bytes beyond which the group is warned.
    var soft: Int64?
    /// Whether the VMs' own memory counts against the quota.
    var includesGuests: Bool = false
}

struct RegionRow: Row {
    static let databaseTableName = "regions"
    var id: UUID
    var groupID: UUID
    var name: String
    /// Name of the shared-memory object.
    var object: String
    var size: Int64
    var state: RegionState
    var created: Date
    /// What was asked for; the object tells what it has.
    var pages: PageSize = .small
    /// Whether small ones will do.
    var pagesFallback = false
    var numa: NUMAPolicy = .none
    /// Whether its memory is on its way to where `numa` says.
    var isMoving = false
    /// What tells the object from any other file, by the kernel's word; `nil` until it is made, and of
    /// regions of older daemons.
    var witness: String?
    /// Interrupts that each member can get by its doorbell; 0: it has none.
    var vectors: Int = 0
}

struct MemberRow: Row {
    static let databaseTableName = "members"
    var vm: UUID
    var groupID: UUID
    var name: String
    var slot: Int
    var incarnation: Int64
    /// The hypervisor's mark of the boot that `incarnation` counts; `nil`: the VM does not run.
    var boot: Int?
    /// It had joined when its VM went away, and has not started since.
    var lost: Bool
    var leaving: Bool
    var vcpus: Int
    /// Whose process it is, where it is one of the host's; `nil`: a VM. The process's mark is `boot`.
    var user: Int64?
}

/// That a member shall have, or shall no longer have, a region.
struct AttachmentRow: Row {
    static let databaseTableName = "attachments"
    enum State: String, Codable, Sendable {
        /// Asked for; the hypervisor may or may not have done it.
        case attaching
        case attached
        /// To be taken away; it may or may not be gone.
        case detaching
    }
    var regionID: UUID
    var vm: UUID
    var state: State
    /// Whether the member may only read.
    var isReadOnly: Bool = false
}

/// A VM that the daemon has stopped, or is about to, and that must not stay so.
struct PauseRow: Row {
    static let databaseTableName = "pauses"
    var vm: UUID
    var groupName: String
}

/// How far a region's content has been replaced by a snapshot's.
struct RestoreRow: Row {
    static let databaseTableName = "restores"
    var regionID: UUID
    /// Which snapshot.
    var snapshot: UUID
    /// From the region's first byte on.
    var bytes: Int64
}

/// How often the group was refused memory.
struct DenialRow: Row {
    static let databaseTableName = "denials"
    var groupID: UUID
    var count: Int64
}

/// What one owner's groups may have together; an owner without a row goes by the daemon's settings.
struct OwnerRow: Row {
    static let databaseTableName = "owners"
    var owner: Int64
    /// Bytes.
    var quota: Int64?
    var groups: Int64?
}

struct EventRow: Row {
    static let databaseTableName = "events"
    var id: Int64?
    var time: Date
    var kind: String
    var groupName: String
    var owner: Int64
    var subject: String?
    var message: String

    var event: Event {
        Event(
            id: id ?? 0, time: time, kind: kind, group: groupName, subject: subject,
            message: message)
    }
}
