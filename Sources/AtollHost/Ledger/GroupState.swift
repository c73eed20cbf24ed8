// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import GRDB

/// One group as the ledger has it: rows only, nothing looked up in the world.
struct GroupState: Sendable {
    var group: GroupRow
    var regions: [RegionRow] = []
    var members: [MemberRow] = []
    var attachments: [AttachmentRow] = []
    var restores: [RestoreRow] = []

    var reserved: Int64 { regions.reduce(0) { $0 + $1.size } }

    func region(_ name: String) -> RegionRow? { regions.first { $0.name == name } }

    /// By the VM's name or UUID.
    func member(_ vm: String) -> MemberRow? {
        members.first { $0.name == vm } ?? members.first { $0.vm == UUID(uuidString: vm) }
    }

    /// The shared-memory objects that the member shall have.
    func objects(of member: MemberRow) -> Set<String> {
        let wanted = Set(attachments.filter { $0.vm == member.vm }.map(\.regionID))
        return Set(regions.filter { wanted.contains($0.id) }.map(\.object))
    }

    func attachments(of region: RegionRow) -> [(MemberRow, AttachmentRow)] {
        members.compactMap { member in
            attachments.first { $0.regionID == region.id && $0.vm == member.vm }.map {
                (member, $0)
            }
        }
    }
}

extension Ledger {
    func groupState(_ name: String) throws(LedgerError) -> GroupState? {
        try read { db in
            guard let group = try GroupRow.filter(Column("name") == name).fetchOne(db) else {
                return nil
            }
            let id = group.id.uuidString.lowercased()
            let regions = try RegionRow.filter(Column("groupID") == id).order(Column("name"))
                .fetchAll(db)
            let members = try MemberRow.filter(Column("groupID") == id).order(Column("slot"))
                .fetchAll(db)
            let attachments = try AttachmentRow.filter(
                sql: "regionID IN (SELECT id FROM regions WHERE groupID = ?)", arguments: [id]
            ).fetchAll(db)
            let restores = try RestoreRow.filter(
                sql: "regionID IN (SELECT id FROM regions WHERE groupID = ?)", arguments: [id]
            ).fetchAll(db)
            return GroupState(
                group: group, regions: regions, members: members, attachments: attachments,
                restores: restores)
        }
    }

    /// All groups of this owner, or all there are, by name.
    func groupStates(owner: UInt32? = nil) throws(LedgerError) -> [GroupState] {
        let states = try remembered { db in try Self.groupStates(db) }
        guard let owner else { return states }
        return states.filter { $0.group.owner == Int64(owner) }
    }

    /// Five queries, whatever the number of groups.
    static func groupStates(_ db: Database) throws -> [GroupState] {
        var states: [GroupState] = []
        var place: [UUID: Int] = [:]
        for group in try GroupRow.order(Column("name")).fetchAll(db) {
            place[group.id] = states.count
            states.append(GroupState(group: group))
        }
        var groupOfRegion: [UUID: Int] = [:]
        for region in try RegionRow.order(Column("name")).fetchAll(db) {
            guard let i = place[region.groupID] else { continue }
            groupOfRegion[region.id] = i
            states[i].regions.append(region)
        }
        for member in try MemberRow.order(Column("slot")).fetchAll(db) {
            if let i = place[member.groupID] { states[i].members.append(member) }
        }
        for restore in try RestoreRow.fetchAll(db) {
            if let i = groupOfRegion[restore.regionID] { states[i].restores.append(restore) }
        }
        for attachment in try AttachmentRow.fetchAll(db) {
            if let i = groupOfRegion[attachment.regionID] {
                states[i].attachments.append(attachment)
            }
        }
        return states
    }

    /// The group whose region this is.
    func groupName(ofRegion region: UUID) throws(LedgerError) -> String? {
        try read { db in
            try String.fetchOne(
                db,
                sql: """
                    SELECT groups.name FROM groups JOIN regions ON regions.groupID = groups.id
                    WHERE regions.id = ?
                    """, arguments: [region.uuidString.lowercased()])
        }
    }

    /// Names of groups some of whose VMs the daemon has paused.
    func groupsWithPauses() throws(LedgerError) -> Set<String> {
        try read { db in
            try Set(String.fetchAll(db, sql: "SELECT groupName FROM pauses"))
        }
    }

    /// The group that this VM is a member of.
    func groupName(ofVM vm: UUID) throws(LedgerError) -> String? {
        try read { db in
            try String.fetchOne(
                db,
                sql: """
                    SELECT groups.name FROM groups JOIN members ON members.groupID = groups.id
                    WHERE members.vm = ?
                    """, arguments: [vm.uuidString.lowercased()])
        }
    }
}
