// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// Where a region stands in its life.
public enum RegionState: String, Codable, Sendable, CaseIterable {
    /// Recorded; its memory is being made.
    case creating
    /// In use, or ready for it.
    case ready
    /// Its content is being replaced by a snapshot's, or that was broken off: begin it again, or delete
    /// the region. Nobody can use it meanwhile.
    case restoring
    /// Being unplugged from every member, then unlinked.
    case deleting
}

/// Whether one member has one region.
public enum AttachmentState: String, Codable, Sendable, CaseIterable {
    /// Recorded; the device is being plugged in.
    case attaching
    /// The device is in the VM's definition; the VM does not run.
    case defined
    /// The device is plugged into the running VM; no agent has confirmed it yet.
    case plugged
    /// The member's agent maps the region.
    case joined
    /// The device is being unplugged.
    case detaching
}

/// One member's hold on a region.
public struct Attachment: Codable, Sendable, Equatable {
    /// The member's VM, by name.
    public var vm: String
    public var slot: Int
    public var state: AttachmentState

    public init(vm: String, slot: Int, state: AttachmentState) {
        self.vm = vm
        self.slot = slot
        self.state = state
    }
}

/// What `PUT /v1/groups/{group}/regions/{region}/attachments/{vm}` takes.
public struct AttachmentSpec: Codable, Sendable, Equatable {
    /// Whether the member may only read the region.
    public var readOnly: Bool

    public init(readOnly: Bool) { self.readOnly = readOnly }
}

/// How far a region's content has been replaced by a snapshot's.
public struct Restore: Codable, Sendable, Equatable {
    /// Which snapshot, by its own UUID.
    @PrintedUUID public var snapshot: UUID
    /// Bytes from the region's first on: a restore of the same snapshot may go on from there.
    public var bytes: UInt64

    public init(snapshot: UUID, bytes: UInt64) {
        self.snapshot = snapshot
        self.bytes = bytes
    }
}

/// Named shared memory of a group.
public struct Region: Codable, Sendable, Equatable {
    @PrintedUUID public var id: UUID
    public var name: String
    public var group: String
    /// Bytes; a power of two.
    public var size: UInt64
    /// Name of the POSIX shared-memory object on the host, without the leading slash.
    public var object: String
    public var state: RegionState
    public var created: Date
    /// As asked for.
    public var pages: PageSize
    public var numa: NUMAPolicy
    /// What it has, where somebody has looked since the daemon started.
    public var memory: RegionMemory?
    /// While it is being made: how many bytes of it are there.
    public var filled: UInt64?
    public var attachments: [Attachment]
    /// In the state ``RegionState/restoring``; else absent.
    public var restore: Restore?
    /// Absent: its members wait by short sleeps.
    public var doorbell: Doorbell?

    public init(
        id: UUID, name: String, group: String, size: UInt64, object: String, state: RegionState,
        created: Date, pages: PageSize = .small, numa: NUMAPolicy = .none,
        memory: RegionMemory? = nil, filled: UInt64? = nil, attachments: [Attachment],
        restore: Restore? = nil, doorbell: Doorbell? = nil
    ) {
        self.restore = restore
        self.doorbell = doorbell
        self.id = id
        self.name = name
        self.group = group
        self.size = size
        self.object = object
        self.state = state
        self.created = created
        self.pages = pages
        self.numa = numa
        self.memory = memory
        self.filled = filled
        self.attachments = attachments
    }
}

/// What `POST /v1/groups/{group}/regions` takes.
public struct RegionSpec: Codable, Sendable, Equatable {
    public var name: String
    /// Bytes; a power of two, at least 1 MiB.
    public var size: UInt64
    /// Absent: small ones.
    public var pages: PageSize?
    /// Whether small pages will do where those cannot be had. Absent: they will not.
    public var pagesFallback: Bool?
    /// Absent: `none`.
    public var numa: NUMAPolicy?
    /// Whether its members can wake one another by interrupts. Absent: they cannot.
    public var doorbell: Bool?

    public init(
        name: String, size: UInt64, pages: PageSize? = nil, pagesFallback: Bool? = nil,
        numa: NUMAPolicy? = nil, doorbell: Bool? = nil
    ) {
        self.doorbell = doorbell
        self.name = name
        self.size = size
        self.pages = pages
        self.pagesFallback = pagesFallback
        self.numa = numa
    }
}
