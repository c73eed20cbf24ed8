// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import Foundation
import GRDB

/// What a ledger that is in doubt is to become, by what the world has.
///
/// Names of groups and regions come from objects' names and VMs' devices, which guests cannot write.
/// From a region's bytes come its UUIDs, and its members' slots and incarnations: a guest that wrote
/// other ones there has harmed its own group.
struct WorldLesson {
    struct Note {
        var kind: String
        var group: GroupRow
        var subject: String?
        var message: String
    }

    private let before: [GroupState]
    private let domains: [Domain]
    private let now: Date
    private(set) var states: [GroupState]
    private(set) var notes: [Note] = []
    /// Regions that say the UUID of another one: they get another.
    private(set) var renamed: [(id: UUID, memory: MappedRegion)] = []
    private var memories: [UUID: MappedRegion] = [:]

    /// - Parameter isStale: the ledger is older than the world, so what it speaks of may be gone.
    init(
        ledger: [GroupState], isStale: Bool, found: [FoundRegion], domains: [Domain], now: Date
    ) {
        (before, states, self.domains, self.now) = (ledger, ledger, domains, now)
        if isStale { forget(found) }
        for region in found { add(region) }
        for domain in domains {
            for device in domain.devices { add(device) }
        }
        for domain in domains { add(domain) }
        for i in states.indices { complete(i) }
    }

    // MARK: What is gone

    private mutating func forget(_ found: [FoundRegion]) {
        let objects = Dictionary(found.map { ($0.object, $0.id) }) { first, _ in first }
        let plugged = Set(domains.flatMap { $0.devices.map(\.name) })
        for i in states.indices {
            let group = states[i].group
            for region in states[i].regions where region.state != .deleting {
                let isSame = objects[region.object].map { $0 == region.id } ?? true
                if isSame, objects[region.object] != nil || plugged.contains(region.object) {
                    continue
                }
                states[i].regions.removeAll { $0.id == region.id }
                states[i].attachments.removeAll { $0.regionID == region.id }
                note(
                    "region.forgotten", group, region.name,
                    "region \(region.name) was in the ledger's backup and is nowhere else")
            }
            let there = Set(states[i].regions.map(\.object))
            for member in states[i].members where !there.isEmpty && !member.leaving {
                guard let domain = domains.first(where: { $0.id == member.vm }),
                    there.isDisjoint(with: domain.devices.map(\.name))
                else { continue }
                states[i].members.removeAll { $0.vm == member.vm }
                states[i].attachments.removeAll { $0.vm == member.vm }
                note(
                    "member.forgotten", group, member.name,
                    "VM \(member.name) was in the ledger's backup and has none of the regions")
            }
        }
    }

    // MARK: What is there

    private mutating func add(_ region: FoundRegion) {
        if states.contains(where: { $0.regions.contains { $0.object == region.object } }) { return }
        let isKnown = states.contains { $0.regions.contains { $0.id == region.id } }
        let id = isKnown ? UUID() : region.id
        if id != region.id { renamed.append((id, region.memory)) }
        memories[id] = region.memory
        add(
            region.name, id, region.object, region.bytes, .ready,
            to: group(region.group, region.groupID))
    }

    /// A region that is in a VM's definition and whose memory is gone, as after the host's start.
    private mutating func add(_ device: SharedMemoryDevice) {
        guard let (group, name) = Names.parts(device.name),
            (try? RegionLayout(bytes: device.bytes)) != nil,
            !states.contains(where: { $0.regions.contains { $0.object == device.name } })
        else { return }
        add(name, UUID(), device.name, device.bytes, .creating, to: self.group(group, UUID()))
    }

    private mutating func add(
        _ name: String, _ id: UUID, _ object: String, _ bytes: UInt64, _ state: RegionState,
        to i: Int
    ) {
        states[i].regions.append(
            RegionRow(
                id: id, groupID: states[i].group.id, name: name, object: object,
                size: Int64(clamping: bytes), state: state, created: now,
                vectors: vectors(object)))
        note(
            "region.rebuilt", states[i].group, name,
            "region \(name) of \(ByteSize(bytes: bytes)) is in the world and was not in the ledger")
    }

    /// Whether a region has a doorbell is in its VMs' definitions and nowhere else.
    private func vectors(_ object: String) -> Int {
        let devices = domains.lazy.flatMap(\.devices)
        return devices.first { $0.name == object }?.doorbell?.vectors ?? 0
    }

    private mutating func group(_ name: String, _ said: UUID) -> Int {
        if let i = states.firstIndex(where: { $0.group.name == name }) { return i }
        let id = states.contains { $0.group.id == said } ? UUID() : said
        states.append(
            GroupState(group: GroupRow(id: id, name: name, owner: 0, quota: 0, created: now)))
        return states.count - 1
    }

    private mutating func add(_ domain: Domain) {
        guard !states.contains(where: { $0.members.contains { $0.vm == domain.id } }) else {
            return
        }
        let devices = Set(domain.devices.map(\.name))
        guard
            let i = states.firstIndex(where: { !devices.isDisjoint(with: $0.regions.map(\.object)) }
            )
        else { return }
        let taken = Set(states[i].members.map(\.slot))
        let said = states[i].regions.compactMap { memories[$0.id] }.compactMap {
            region -> (slot: Int, record: MemberRecord)? in
            guard let slot = region.slot(of: UUID128(domain.id)) else { return nil }
            return (slot, region.member(slot))
        }.first { !taken.contains($0.slot) && $0.record.incarnation < Self.sane }
        let free = (0..<RegionLayout.memberSlots).first { !taken.contains($0) }
        guard let slot = said?.slot ?? free else { return }
        // As the same boot, where a region's header knows it: what runs on the VM goes on.
        states[i].members.append(
            MemberRow(
                vm: domain.id, groupID: states[i].group.id, name: domain.name, slot: slot,
                incarnation: Int64(clamping: said?.record.incarnation ?? 0),
                boot: said == nil ? nil : domain.boot, lost: false, leaving: false,
                vcpus: domain.vcpus))
        note(
            "member.rebuilt", states[i].group, domain.name,
            "VM \(domain.name) has regions of the group and was not in the ledger")
    }

    /// Greater ones were written by a guest.
    private static var sane: UInt64 { 1 << 40 }

    private mutating func complete(_ i: Int) {
        let old = before.first { $0.group.id == states[i].group.id }
        for region in states[i].regions {
            for member in states[i].members {
                let isKnown = states[i].attachments.contains {
                    $0.regionID == region.id && $0.vm == member.vm
                }
                let isOld =
                    old?.regions.contains { $0.id == region.id } == true
                    && old?.members.contains { $0.vm == member.vm } == true
                if isKnown || isOld { continue }
                states[i].attachments.append(
                    AttachmentRow(regionID: region.id, vm: member.vm, state: .attaching))
            }
        }
        let last = states[i].members.map(\.incarnation).max() ?? 0
        states[i].group.incarnations = max(states[i].group.incarnations, last)
        let least = max(states[i].reserved, Int64(RegionLayout.minimumBytes))
        guard states[i].group.quota < least else { return }
        states[i].group.quota = least
        let name = states[i].group.name
        let quota = ByteSize(bytes: UInt64(clamping: least))
        note(
            "group.rebuilt", states[i].group, nil,
            old == nil
                ? "group \(name) is rebuilt: its owner is root and its quota \(quota), what its "
                    + "regions have; what they were is lost"
                : "the quota of group \(name) is \(quota) now, what its regions have")
    }

    private mutating func note(
        _ kind: String, _ group: GroupRow, _ subject: String?, _ message: String
    ) {
        notes.append(Note(kind: kind, group: group, subject: subject, message: message))
    }

    // MARK: Writing

    /// Makes the ledger so. Rows that stay as they are are not touched.
    func write(to db: Database) throws {
        for old in before {
            let new = states.first { $0.group.id == old.group.id }
            for row in old.attachments where new?.attachments.contains(row) != true {
                try row.delete(db)
            }
            for row in old.members where new?.members.contains(row) != true { try row.delete(db) }
            for row in old.regions where new?.regions.contains(row) != true { try row.delete(db) }
        }
        for state in states {
            try state.group.save(db)
            for row in state.regions { try row.save(db) }
            for row in state.members { try row.save(db) }
            for row in state.attachments { try row.save(db) }
        }
    }
}

extension Domain {
    fileprivate var devices: [SharedMemoryDevice] { live + stored }
}
