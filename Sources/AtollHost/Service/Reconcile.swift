// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import Foundation
import Logging

/// Makes the world what the ledger says: after a start, after the hypervisor came back, when a VM
/// started, and every few seconds. Each step that fails is left for the next time.
extension HostService {
    func reconcileAll() async {
        if ledger.isInDoubt != .none {
            let isLearnt = await attempt("look at the world for a ledger that may not know it") {
                () throws(APIError) in try await learnWorld()
            }
            guard isLearnt else { return }
        }
        guard let states = try? ledger.groupStates() else { return }
        let domains = states.isEmpty ? [:] : await domainsByID()
        // VMs that stand still for a snapshot of a daemon that is gone are in no other row.
        let paused = try? ledger.groupsWithPauses()
        var settled = true
        for (number, state) in states.enumerated() {
            if number % 16 == 15 { await Task.yield() }
            let name = state.group.name
            if let domains, let paused, !paused.contains(name), isInOrder(state, domains) {
                continue
            }
            let done = try? await inTurn(name) { () throws(APIError) in
                await reconcileInTurn(name)
            }
            settled = settled && done == true
        }
        await sweepAccounts()
        await sweepDoorbells()
        await watchSoftLimits()
        isSettled = isSettled || settled
    }

    /// All VMs in one question, however many groups there are; `nil` where there is no answer.
    private func domainsByID() async -> [UUID: Domain]? {
        guard let domains = try? await hypervisor.domains() else { return nil }
        return Dictionary(domains.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Whether nothing needs to be done for this group: everything is as the ledger says. It costs a
    /// look at each file and nothing else, since it is asked for every group all the time.
    private func isInOrder(_ state: GroupState, _ domains: [UUID: Domain]) -> Bool {
        opened.contains(state.group.name)
            && state.regions.allSatisfy {
                $0.state == .ready && !$0.isMoving && mapped[$0.id] != nil && store.isThere($0)
                    && (state.members.isEmpty || hasDoorbell($0))
            }
            && state.attachments.allSatisfy { $0.state == .attached }
            && state.members.allSatisfy { member in
                let domain = domains[member.vm]
                guard !member.leaving, member.boot == domain?.boot else { return false }
                guard let domain else { return true }
                let devices = state.objects(of: member)
                return (!domain.isActive || devices.isSubset(of: domain.live.map(\.name)))
                    && (!domain.isPersistent || devices.isSubset(of: domain.stored.map(\.name)))
            }
    }

    /// The caller has the group's turn. Whether everything is as it shall be.
    @discardableResult
    func reconcileInTurn(_ name: String) async -> Bool {
        guard let state = try? ledger.groupState(name) else { return true }
        var settled = true
        settled = await attempt("resume VMs") { () throws(APIError) in
            try await resumeMembers(of: name)
        }
        await openAtStart(state.group)
        for member in state.members where !member.leaving {
            settled =
                await attempt("look at VM \(member.name)") { () throws(APIError) in
                    try await catchUp(member, state)
                } && settled
        }
        for region in state.regions {
            settled =
                await attempt("mend region \(region.object)") { () throws(APIError) in
                    try await mend(region, state)
                } && settled
        }
        for member in state.members where member.leaving {
            settled =
                await attempt("remove VM \(member.name)") { () throws(APIError) in
                    try await expel(member, from: state)
                } && settled
        }
        return settled
    }

    func attempt(_ what: String, _ body: () async throws(APIError) -> Void) async -> Bool {
        do throws(APIError) {
            try await body()
            return true
        } catch {
            logger.warning(
                "reconcile", metadata: ["step": "\(what)", "reason": "\(error.message)"])
            return false
        }
    }

    /// Notices what happened to a VM while nobody listened.
    private func catchUp(_ member: MemberRow, _ state: GroupState) async throws(APIError) {
        let domain = try await world { () throws(HypervisorError) in
            try await hypervisor.domain(member.vm)
        }
        let boot = domain?.boot
        if boot == member.boot { return }
        if member.boot != nil { stopped(member.vm) }
        if let domain, boot != nil {
            began(domain)
            await hypervisor.keepSharedMemoryOutOfCores(of: member.vm)
        }
    }

    private func mend(_ region: RegionRow, _ before: GroupState) async throws(APIError) {
        // The members may just have been given new incarnations.
        guard
            var state = try rows({ () throws(LedgerError) in
                try ledger.groupState(before.group.name)
            })
        else { return }
        if region.state == .deleting { return try await unmake(region, of: state) }
        if try refuseOtherLayout(region, state) { return }
        let existed = mapped[region.id] != nil
        try await make(region, of: state)
        // VMs may have started and stopped while it was being filled.
        let latest = try rows { () throws(LedgerError) in
            try ledger.groupState(before.group.name)
        }
        state = latest ?? state
        // Nobody uses what is neither the old content nor the new.
        if region.state == .restoring { mapped[region.id]?.setDraining(true) }
        // One that an earlier daemon named and did not get to call ready, too.
        if !existed, let now = mapped[region.id] {
            if region.state != .restoring { now.setDraining(false) }
            for member in state.members { bring(now, upToDate: member) }
        }
        for (member, attachment) in state.attachments(of: region) where !member.leaving {
            switch attachment.state {
            case .attaching, .attached: try await attach(region, to: member)
            case .detaching: try await detach(region, from: member)
            }
        }
        try await finishMove(region, of: state)
    }

    /// Whether the region is of a daemon of another version. Its VMs go on with it as they are; but
    /// nothing can be told to them or asked of them through it. Only deleting it goes.
    private func refuseOtherLayout(_ region: RegionRow, _ state: GroupState) throws(APIError)
        -> Bool
    {
        // What is mapped was of our layout when it was: a guest has written over it since.
        guard region.state == .ready, mapped[region.id] == nil,
            let found = try store.otherLayout(region)
        else {
            refused.remove(region.id)
            return false
        }
        if refused.insert(region.id).inserted {
            record(
                "region.refused", state.group, region.name,
                "region \(region.name) has layout \(found) and this atolld serves layout "
                    + "\(MappedRegion.layoutVersion): no job starts on it and no lost VM is told of; "
                    + "delete it, or start the atolld that made it")
        }
        return true
    }

    /// The header of a region that an earlier daemon left may be behind the ledger.
    private func bring(_ region: MappedRegion, upToDate member: MemberRow) {
        let record = region.member(member.slot)
        if member.boot == nil || member.leaving {
            if record.state == .assigned { region.markLost(slot: member.slot) }
        } else if record.state != .assigned || record.vm != UUID128(member.vm)
            || record.incarnation != UInt64(clamping: member.incarnation)
        {
            region.assign(member)
        }
    }
}
