// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion
import Foundation
import GRDB
import Logging

/// What the hypervisor tells, and what follows from it.
extension HostService {
    func handle(_ event: HypervisorEvent) async {
        switch event {
        case .stopped(let vm):
            // The word of a process's end may come when its successor has begun.
            if !hypervisor.isWatched(vm) { stopped(vm) }
        case .rebooted(let vm):
            stopped(vm)
            await restarted(vm)
        case .started(let vm): await restarted(vm)
        case .defined(let vm), .undefined(let vm): reconcileLater(vm)
        case .reconnected: await reconcileAll()
        case .disconnected:
            logger.warning("the hypervisor is out of reach; regions and jobs go on")
        case .deviceRemoved: break
        }
    }

    /// A VM's process is gone and can write no more: said in every region at once, without waiting
    /// for a turn, since locks and barriers in the other VMs wait for this word.
    func stopped(_ vm: UUID) {
        guard let (state, member) = memberRow(vm), member.boot != nil else { return }
        var hadJoined = false
        for row in state.regions {
            guard let region = mapped[row.id] else { continue }
            hadJoined = hadJoined || hasJoined(member, row.id)
            region.markLost(slot: member.slot)
        }
        step(.lossMarked)
        guard
            update(
                { db in
                    try db.execute(
                        sql: "UPDATE members SET boot = NULL, lost = ? WHERE vm = ?",
                        arguments: [hadJoined, vm.uuidString.lowercased()])
                })
        else { return }
        step(.lossRecorded)
        if hadJoined {
            record(
                "member.lost", state.group, member.name,
                "\(member.title) stopped while it took part")
        } else {
            record("member.stopped", state.group, member.name, "\(member.title) stopped")
        }
    }

    private func restarted(_ vm: UUID) async {
        guard memberRow(vm) != nil, let domain = try? await hypervisor.domain(vm), domain.isActive
        else { return }
        began(domain)
        await hypervisor.keepSharedMemoryOutOfCores(of: vm)
        reconcileLater(vm)
    }

    /// Gives a member's new boot its incarnation, and says so in every region.
    func began(_ domain: Domain) {
        guard let (state, member) = memberRow(domain.id), !member.leaving else { return }
        let isRecorded = update { db in
            try db.execute(
                sql: """
                    UPDATE members SET boot = ?, lost = 0, incarnation = ?, vcpus = ?, name = ?
                    WHERE vm = ?
                    """,
                arguments: [
                    domain.boot, try nextIncarnation(state.group.id, db), domain.vcpus,
                    domain.name, domain.id.uuidString.lowercased(),
                ])
        }
        guard isRecorded, let (_, now) = memberRow(domain.id) else { return }
        step(.bootRecorded)
        for row in state.regions { assign(now, in: row.id) }
        step(.bootAssigned)
        record("member.started", state.group, member.name, "\(member.title) started")
    }

    func memberRow(_ vm: UUID) -> (GroupState, MemberRow)? {
        guard let name = try? ledger.groupName(ofVM: vm), let state = try? ledger.groupState(name),
            let member = state.members.first(where: { $0.vm == vm })
        else { return nil }
        return (state, member)
    }

    /// Writes down what the world did. Where that fails the ledger differs from the hypervisor, which
    /// the next look at everything sees.
    private func update(_ body: (Database) throws -> Void) -> Bool {
        do throws(LedgerError) {
            try ledger.write(.follows, body)
            return true
        } catch {
            logger.error("ledger", metadata: ["reason": "\(error.reason)"])
            return false
        }
    }

    /// In the background, since the hypervisor's next event must not wait for a group's turn.
    private func reconcileLater(_ vm: UUID) {
        guard let name = try? ledger.groupName(ofVM: vm) else { return }
        Task {
            try? await inTurn(name) { () throws(APIError) in _ = await reconcileInTurn(name) }
        }
    }
}
