// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import Foundation
import GRDB

/// The steps that change the world. Each can be repeated: it looks first, and does what is missing.
extension HostService {
    /// Makes a region's memory, gives it its name, says so.
    func make(_ row: RegionRow, of state: GroupState) async throws(APIError) {
        if let (region, wasRuined) = try store.open(row, group: state.group) {
            mapped[row.id] = region
            if wasRuined { mendMembers(of: region, row, state) }
        } else {
            mapped[row.id] = nil
            looked[row.id] = nil
            try store.dropDeadLink(row)
            if let obstacle = try store.obstacle(row.object) { throw obstacle }
            // It would give VMs the memory that is gone.
            try await closeDoorbell(of: row)
            let owner = try await processOwner()
            let (draft, region) = try await build(row, of: state, owner: owner)
            // VMs may have started and stopped while it was being filled.
            let now = try rows { () throws(LedgerError) in
                try ledger.groupState(state.group.name)
            }
            for member in (now ?? state).members where member.boot != nil && !member.leaving {
                region.assign(member)
            }
            step(.regionMade)
            do throws(APIError) {
                try note(witness: try store.witness(of: draft), of: row)
                try store.publish(draft, row)
            } catch {
                store.drop(draft)
                throw error
            }
            step(.regionNamed)
            mapped[row.id] = region
            // What a restore had brought went with the old memory.
            try rows { () throws(LedgerError) in
                try ledger.write(.follows) { db in
                    try db.execute(
                        sql: "UPDATE restores SET bytes = 0 WHERE regionID = ?",
                        arguments: [row.id.uuidString.lowercased()])
                }
            }
        }
        let isNews = try rows { () throws(LedgerError) in
            try ledger.write(.follows) { db in
                try db.execute(
                    sql: "UPDATE regions SET state = 'ready' WHERE id = ? AND state = 'creating'",
                    arguments: [row.id.uuidString.lowercased()])
                return db.changesCount > 0
            }
        }
        if isNews { step(.regionReady) }
    }

    /// As whom VMs open regions.
    func processOwner() async throws(APIError) -> ProcessOwner {
        if let configured = configuration.processOwner { return configured }
        return try await world { () throws(HypervisorError) in
            try await hypervisor.processOwner()
        }
    }

    /// Unplugs a region from all, removes its memory, forgets it.
    func unmake(_ row: RegionRow, of state: GroupState) async throws(APIError) {
        if mapped[row.id] == nil {
            mapped[row.id] = try store.open(row, group: state.group)?.region
        }
        if let region = mapped[row.id] {
            for member in state.members { stopJobs(on: region, with: member) }
            region.setDraining(true)
            await letGo(region, state.members)
        }
        step(.drained)
        for (member, _) in state.attachments(of: row) { try await detach(row, from: member) }
        for member in state.members { try await detach(row, from: member) }
        try await closeDoorbell(of: row)
        mapped[row.id] = nil
        looked[row.id] = nil
        // Its file may have been noted since the caller read the row.
        let now = try self.row(of: row) ?? row
        try store.remove(now, group: state.group) { step(.objectHidden) }
        step(.objectUnlinked)
        await closeAccount(of: row, state.group)
        try rows { () throws(LedgerError) in
            try ledger.write(.follows) { _ = try row.delete($0) }
        }
        step(.regionForgotten)
    }

    private func note(witness: String, of row: RegionRow) throws(APIError) {
        try rows { () throws(LedgerError) in
            try ledger.write { db in
                try db.execute(
                    sql: "UPDATE regions SET witness = ? WHERE id = ?",
                    arguments: [witness, row.id.uuidString.lowercased()])
            }
        }
    }

    private func row(of row: RegionRow) throws(APIError) -> RegionRow? {
        try rows { () throws(LedgerError) in
            try ledger.read { db in
                try RegionRow.filter(Column("id") == row.id.uuidString.lowercased()).fetchOne(db)
            }
        }
    }

    /// A guest has written over the header: what the host says there is written anew, and told once a
    /// start of the daemon.
    private func mendMembers(of region: MappedRegion, _ row: RegionRow, _ state: GroupState) {
        for member in state.members where member.boot != nil && !member.leaving {
            region.assign(member)
        }
        guard seen.ruined.insert(row.id).inserted else { return }
        recordOfGuest(
            row.id, "region.mended", state.group, row.name,
            "the header of region \(row.name) had been written over by a VM; it is mended")
    }

    /// Takes a member out of all regions and forgets it.
    func expel(_ member: MemberRow, from state: GroupState) async throws(APIError) {
        for row in state.regions {
            guard let region = mapped[row.id] else { continue }
            stopJobs(on: region, with: member)
            region.clear(slot: member.slot)
            await letGo(region, [member])
        }
        // First: once it is forgotten nobody thinks of it again.
        for row in state.regions { try seatDoorbell(of: row) }
        for row in state.regions { try await detach(row, from: member) }
        try rows { () throws(LedgerError) in
            try ledger.write(.follows) { _ = try member.delete($0) }
        }
        hypervisor.forget(member.vm)
        step(.memberForgotten)
    }

    func attach(_ row: RegionRow, to member: MemberRow) async throws(APIError) {
        try await keepDoorbell(of: row)
        let domain = try await world { () throws(HypervisorError) in
            try await hypervisor.domain(member.vm)
        }
        let device = device(row)
        if let domain {
            if domain.isActive, !domain.live.contains(where: { $0.name == device.name }) {
                try await plug(device, domain, .live)
                step(.attachedLive)
                await hypervisor.keepSharedMemoryOutOfCores(of: domain.id)
            }
            if domain.isPersistent, !domain.stored.contains(where: { $0.name == device.name }) {
                try await plug(device, domain, .stored)
                step(.attachedStored)
            }
        }
        let isNews = try rows { () throws(LedgerError) in
            try ledger.write(.follows) { db in
                try db.execute(
                    sql: """
                        UPDATE attachments SET state = 'attached'
                        WHERE regionID = ? AND vm = ? AND state = 'attaching'
                        """,
                    arguments: [row.id.uuidString.lowercased(), member.vm.uuidString.lowercased()])
                return db.changesCount > 0
            }
        }
        if isNews { step(.attachRecorded) }
    }

    private func plug(_ device: SharedMemoryDevice, _ domain: Domain, _ scope: DeviceScope)
        async throws(APIError)
    {
        try await world { () throws(HypervisorError) in
            try await hypervisor.attach(device, to: domain.id, scope)
        }
    }

    func detach(_ row: RegionRow, from member: MemberRow) async throws(APIError) {
        let domain = try await world { () throws(HypervisorError) in
            try await hypervisor.domain(member.vm)
        }
        // The stored definition first: should the VM stop now, it does not come back with a device
        // whose memory is about to go, which QEMU would then make anew.
        if let domain {
            if domain.stored.contains(where: { $0.name == row.object }) {
                try await unplug(device(row), domain, .stored)
                step(.detachedStored)
            }
        }
        // Looked at again: had the VM started before its definition was changed, it would keep a device
        // whose memory is about to go.
        let now = try await world { () throws(HypervisorError) in
            try await hypervisor.domain(member.vm)
        }
        if let domain = now {
            if domain.isActive, domain.live.contains(where: { $0.name == row.object }) {
                try await unplug(device(row), domain, .live)
                step(.detachedLive)
            }
        }
        try rows { () throws(LedgerError) in
            try ledger.write(.follows) { db in
                try db.execute(
                    sql: "DELETE FROM attachments WHERE regionID = ? AND vm = ?",
                    arguments: [row.id.uuidString.lowercased(), member.vm.uuidString.lowercased()])
            }
        }
        step(.attachmentForgotten)
    }

    private func unplug(_ device: SharedMemoryDevice, _ domain: Domain, _ scope: DeviceScope)
        async throws(APIError)
    {
        let patience = configuration.patience
        try await world { () throws(HypervisorError) in
            try await hypervisor.detach(device, from: domain.id, scope, patience: patience)
        }
    }

    /// Waits, but not for ever, until the agents of these members have unmapped the region. A guest
    /// that does not answer is not waited for longer: the device-removed event decides.
    func letGo(_ region: MappedRegion, _ members: [MemberRow]) async {
        let end = ContinuousClock.now + configuration.patience
        while ContinuousClock.now < end {
            let holding = members.contains { member in
                let presence = region.presence(member.slot)
                return member.boot != nil && presence.state == .joined
                    && presence.incarnation == UInt64(clamping: member.incarnation)
            }
            if !holding { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Tells one region of a member's present boot.
    func assign(_ member: MemberRow, in region: UUID) {
        if member.boot != nil { mapped[region]?.assign(member) }
    }
}

extension MemberRow {
    /// As people are told of it.
    var title: String { "\(user == nil ? "VM" : "process") \(name)" }
}

extension MappedRegion {
    func assign(_ member: MemberRow) {
        assign(
            slot: member.slot, vm: UUID128(member.vm),
            incarnation: UInt64(clamping: member.incarnation), name: Array(member.name.utf8))
    }
}
