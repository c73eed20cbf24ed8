// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollRegion
import Foundation
import GRDB
import Logging

extension HostService {
    public func members(of group: String, as caller: Caller) async throws(APIError) -> [Member] {
        view(try state(of: group, for: caller)).members
    }

    /// Makes a VM a member and plugs every region of the group into it. Administrators only: a VM
    /// belongs to nobody that the host could ask.
    public func addMember(_ spec: MemberSpec, to group: String, as caller: Caller)
        async throws(APIError) -> Member
    {
        try requireAdministrator(caller, to: "add a member to a group")
        let kind = try kind(spec)
        return try await inTurn(group) { () throws(APIError) -> Member in
            let state = try state(of: group, for: caller)
            let domain: Domain
            let user: UInt32?
            switch kind {
            case .vm(let vm):
                domain = try await find(vm: vm)
                user = nil
            case .process(let process):
                domain = try find(process: process, in: state)
                user = spec.user ?? caller.user
            }
            let slot = try admit(domain, to: state)
            try checkQuota(domain, state, guests: try await guests(of: state))
            let member = try enter(domain, slot, state, user: user)
            step(.memberRecorded)
            for region in state.regions { assign(member, in: region.id) }
            step(.memberAssigned)
            do throws(APIError) {
                for region in state.regions { try await attach(region, to: member) }
            } catch {
                await leaveAgain(member, state)
                throw error
            }
            record("member.added", state.group, member.name, "\(member.title) is member \(slot)")
            let now = try self.state(of: group, for: caller)
            return view(member, in: now)
        }
    }

    private enum Kind {
        case vm(String)
        case process(String)
    }

    private func kind(_ spec: MemberSpec) throws(APIError) -> Kind {
        switch (spec.vm, spec.process) {
        case (let vm?, nil):
            guard spec.user == nil else {
                throw APIError(
                    code: .badRequest, message: "a VM has no user of the host", value: vm,
                    remedy: "leave out user, or add a process")
            }
            return .vm(vm)
        case (nil, let process?): return .process(process)
        default:
            throw APIError(
                code: .badRequest, message: "a member is a VM or a process",
                value: spec.process ?? "vm", remedy: "give vm or process, and not both")
        }
    }

    private func find(vm: String) async throws(APIError) -> Domain {
        let found = try await world { () throws(HypervisorError) in
            try await hypervisor.domain(vm)
        }
        if let found { return found }
        throw APIError(
            code: .noSuchVM, message: "libvirt knows no such VM", value: vm,
            remedy: "`virsh list --all` shows the VMs there are")
    }

    /// A process that may begin to be: nothing is known of it but its name.
    private func find(process: String, in state: GroupState) throws(APIError) -> Domain {
        try Names.check(process, of: "member")
        let id = UUID128.process(named: Array(process.utf8), in: UUID128(state.group.id))
        return Domain(
            id: UUID(id), name: process, state: .stopped, isPersistent: true, accelerator: .kvm,
            vcpus: 0, maximumVCPUs: 0,
            pci: PCITopology(machine: .pc, freeRootPorts: [], window: .max), live: [], stored: [])
    }

    private func admit(_ domain: Domain, to state: GroupState) throws(APIError) -> Int {
        let other = try rows { () throws(LedgerError) in try ledger.groupName(ofVM: domain.id) }
        if other == state.group.name || state.members.contains(where: { $0.name == domain.name }) {
            throw APIError(
                code: .memberExists, message: "the group has this member already",
                value: domain.name,
                remedy: "`atoll member list \(state.group.name)` shows the members")
        }
        if other != nil {
            throw APIError(
                code: .vmInOtherGroup, message: "the VM is a member of another group",
                value: domain.name, remedy: "remove it there first")
        }
        let taken = Set(state.members.map { $0.slot })
        guard let slot = (0..<RegionLayout.memberSlots).first(where: { !taken.contains($0) }) else {
            throw APIError(
                code: .groupFull,
                message: "a group has at most \(RegionLayout.memberSlots) members",
                value: domain.name, remedy: "remove a member, or make another group")
        }
        let devices = state.regions.map {
            SharedMemoryDevice(name: $0.object, bytes: UInt64(clamping: $0.size))
        }
        if let obstacle = Obstacle.find(domain, adding: devices) { throw obstacle }
        return slot
    }

    private func checkQuota(_ domain: Domain, _ state: GroupState, guests: UInt64) throws(APIError)
    {
        guard state.group.includesGuests else { return }
        let quota = UInt64(clamping: state.group.quota)
        let available = quota - min(quota, UInt64(clamping: state.reserved) + guests)
        guard domain.memory > available else { return }
        throw APIError(
            code: .quotaExceeded,
            message: "VMs count against the group's quota of \(ByteSize(bytes: quota)), which has "
                + "\(ByteSize(bytes: available)) left", value: "\(ByteSize(bytes: domain.memory))",
            remedy: "raise the quota, or let VMs not count: "
                + "atoll quota set \(state.group.name) --no-include-guests")
    }

    private func enter(_ domain: Domain, _ slot: Int, _ state: GroupState, user: UInt32?)
        throws(APIError) -> MemberRow
    {
        try rows { () throws(LedgerError) in
            try ledger.write { db in
                let member = MemberRow(
                    vm: domain.id, groupID: state.group.id, name: domain.name, slot: slot,
                    incarnation: domain.isActive ? try nextIncarnation(state.group.id, db) : 0,
                    boot: domain.boot, lost: false, leaving: false, vcpus: domain.vcpus,
                    user: user.map { Int64($0) })
                try member.insert(db)
                for region in state.regions {
                    try AttachmentRow(regionID: region.id, vm: member.vm, state: .attaching)
                        .insert(db)
                }
                return member
            }
        }
    }

    /// Takes a VM out of the group. Refused while a job runs on it, unless `force`.
    public func removeMember(_ vm: String, from group: String, force: Bool, as caller: Caller)
        async throws(APIError)
    {
        try requireAdministrator(caller, to: "remove a member from a group")
        try await inTurn(group) { () throws(APIError) in
            let state = try state(of: group, for: caller)
            guard let member = state.member(vm) else {
                throw APIError(
                    code: .noSuchMember, message: "there is no such member of group \(group)",
                    value: vm, remedy: "`atoll member list \(group)` shows the members")
            }
            if !force, isBusy(member, in: state) {
                throw APIError(
                    code: .memberBusy, message: "a job runs on it", value: vm,
                    remedy: "wait for its end, or use --force")
            }
            try await take(out: member, of: state)
        }
    }

    /// Unplugs every region from a member and forgets it; puts everything back where that fails.
    func take(out member: MemberRow, of state: GroupState) async throws(APIError) {
        try set(member, leaving: true, attachments: .detaching)
        step(.memberLeaving)
        do throws(APIError) { try await expel(member, from: state) } catch {
            try? wish(state.regions.map { ($0.id, member.vm) })
            try? set(member, leaving: false, attachments: .attaching, .follows)
            for region in state.regions { assign(member, in: region.id) }
            await reconcileInTurn(state.group.name)
            throw error
        }
        record(
            "member.removed", state.group, member.name, "\(member.title) is no longer a member")
    }

    func set(
        _ member: MemberRow, leaving: Bool, attachments: AttachmentRow.State,
        _ purpose: Ledger.Purpose = .intent
    ) throws(APIError) {
        let vm = member.vm.uuidString.lowercased()
        try rows { () throws(LedgerError) in
            try ledger.write(purpose) { db in
                try db.execute(
                    sql: "UPDATE members SET leaving = ? WHERE vm = ?", arguments: [leaving, vm])
                try db.execute(
                    sql: "UPDATE attachments SET state = ? WHERE vm = ?",
                    arguments: [attachments.rawValue, vm])
            }
        }
    }

    private func leaveAgain(_ member: MemberRow, _ state: GroupState) async {
        do throws(APIError) {
            try set(member, leaving: true, attachments: .detaching, .follows)
            try await expel(member, from: state)
        } catch {
            logger.error(
                "a failed addition could not be undone yet",
                metadata: ["vm": "\(member.name)", "reason": "\(error.message)"])
        }
    }
}

/// The next incarnation of any member of the group.
func nextIncarnation(_ group: UUID, _ db: Database) throws -> Int64 {
    let id = group.uuidString.lowercased()
    try db.execute(
        sql: "UPDATE groups SET incarnations = incarnations + 1 WHERE id = ?", arguments: [id])
    return try Int64.fetchOne(
        db, sql: "SELECT incarnations FROM groups WHERE id = ?", arguments: [id]) ?? 1
}
