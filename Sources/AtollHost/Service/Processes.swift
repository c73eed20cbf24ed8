// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollSystem
import Foundation

/// Members that are processes of the host.
extension HostService {
    /// Makes the process that asks a member, until it ends: the kernel's word of that is what the other
    /// members' locks and barriers go by. It stays the member when it becomes another program (execve).
    public func startProcess(_ name: String, of group: String, as caller: Caller)
        async throws(APIError) -> ProcessStart
    {
        try await inTurn(group) { () throws(APIError) -> ProcessStart in
            let row = try row(ofProcess: name, of: group, for: caller)
            let witness = try witness(caller)
            if let other = hypervisor.witness(of: row) {
                throw APIError(
                    code: .memberBusy, message: "another process runs as this member",
                    value: "process \(other.mark.process)",
                    remedy: "end it first, or add a member of another name")
            }
            // The word of its predecessor's end may still be on its way.
            if row.boot != nil { stopped(row.vm) }
            hypervisor.watch(witness, as: row.vm)
            let domain = try await world { () throws(HypervisorError) in
                try await hypervisor.domain(row.vm)
            }
            guard var domain, domain.isActive else {
                throw APIError(
                    code: .memberBusy, message: "the process has ended", value: name)
            }
            domain.vcpus = ProcessInfo.processInfo.activeProcessorCount
            began(domain)
            // The word of an end that came before this was of no member that ran.
            if witness.hasEnded { stopped(row.vm) }
            await reconcileInTurn(group)
            return try answer(row, domain, group)
        }
    }

    /// The member, for its user alone: of others it does not exist. Root is every user.
    private func row(ofProcess name: String, of group: String, for caller: Caller) throws(APIError)
        -> MemberRow
    {
        let state = try rows { () throws(LedgerError) in try ledger.groupState(group) }
        let mine = state?.members.first { $0.name == name && $0.user == Int64(caller.user) }
        if let mine, !mine.leaving { return mine }
        let visible = try self.state(of: group, for: caller)
        guard let member = visible.member(name), !member.leaving else {
            throw APIError(
                code: .noSuchMember, message: "there is no such member of group \(group)",
                value: name, remedy: "atoll member add \(group) --process \(name)")
        }
        guard let user = member.user else {
            throw APIError(
                code: .badRequest, message: "the member is a VM, and no process", value: name,
                remedy: "`atoll member list \(group)` shows the members")
        }
        guard caller.user == 0 else {
            throw APIError(
                code: .notPermitted, message: "the member is a process of another user",
                value: "uid \(user)", remedy: "run it as that user")
        }
        return member
    }

    private func witness(_ caller: Caller) throws(APIError) -> ProcessWitness {
        let gone = APIError(
            code: .badRequest, message: "the process that asks cannot be seen",
            value: caller.process.map { "process \($0)" },
            remedy: "ask by the daemon's socket, from a process namespace that the daemon sees")
        guard let process = caller.process, let witness = try? ProcessWitness(process),
            witness.user == caller.user
        else { throw gone }
        return witness
    }

    private func answer(_ row: MemberRow, _ domain: Domain, _ group: String) throws(APIError)
        -> ProcessStart
    {
        let state = try rows { () throws(LedgerError) in try ledger.groupState(group) }
        guard let state, let member = state.members.first(where: { $0.vm == row.vm }),
            member.boot == domain.boot
        else {
            throw APIError(
                code: .systemFailure, message: "the process could not be made a member",
                value: row.name, remedy: "see the daemon's log")
        }
        let attached = state.attachments.filter { $0.vm == row.vm && $0.state == .attached }
        let regions = state.regions.filter { region in
            attached.contains { $0.regionID == region.id } && region.state == .ready
        }
        return ProcessStart(
            member: view(member, in: state),
            regions: regions.map {
                ProcessRegion(
                    name: $0.name, path: configuration.memoryDirectory + "/" + $0.object,
                    size: UInt64(clamping: $0.size))
            })
    }
}
