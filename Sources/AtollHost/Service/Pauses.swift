// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import GRDB

/// VMs that the daemon makes stand still. Each is written down first, so that none stays so: not when
/// this daemon is killed, nor when the hypervisor does not answer.
extension HostService {
    /// Pauses the VMs of the group that run. Where one cannot be paused, those that could go on.
    ///
    /// The caller has the group's turn, and calls ``resumeMembers(of:)`` before he gives it up.
    func pauseMembers(of state: GroupState) async throws(APIError) {
        let name = state.group.name
        holdJobs(of: name, true)
        do throws(APIError) {
            for member in state.members {
                let domain = try await world { () throws(HypervisorError) in
                    try await hypervisor.domain(member.vm)
                }
                // One that somebody else has paused is not ours to resume.
                guard let domain, domain.state == .running else { continue }
                try rows { () throws(LedgerError) in
                    try ledger.write { try PauseRow(vm: member.vm, groupName: name).save($0) }
                }
                step(.pauseRecorded)
                try await world { () throws(HypervisorError) in
                    try await hypervisor.pause(member.vm)
                }
                step(.paused)
            }
        } catch {
            try? await resumeMembers(of: name)
            throw error
        }
    }

    /// Lets every VM go on that the daemon has paused for this group. What cannot be done now is tried
    /// again at each reconcile.
    func resumeMembers(of name: String) async throws(APIError) {
        holdJobs(of: name, false)
        let pauses = try rows { () throws(LedgerError) in
            try ledger.read { try PauseRow.filter(Column("groupName") == name).fetchAll($0) }
        }
        var failure: APIError?
        for pause in pauses {
            do throws(APIError) { try await resume(pause) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func resume(_ pause: PauseRow) async throws(APIError) {
        try await world { () throws(HypervisorError) in
            // One that is gone, or was started anew, needs nothing.
            guard let domain = try await hypervisor.domain(pause.vm), domain.state == .paused else {
                return
            }
            try await hypervisor.resume(pause.vm)
        }
        step(.resumed)
        try rows { () throws(LedgerError) in try ledger.write(.follows) { _ = try pause.delete($0) }
        }
    }

    /// While VMs stand still, their agents are silent and not dead.
    private func holdJobs(of name: String, _ held: Bool) {
        for job in jobs.values where job.job.group == name { job.hold(held) }
    }

    /// A member of the group that runs; `nil`: all stand still.
    func runningMember(of name: String) async throws(APIError) -> String? {
        let state = try rows { () throws(LedgerError) in try ledger.groupState(name) }
        for member in state?.members ?? [] {
            let domain = try await world { () throws(HypervisorError) in
                try await hypervisor.domain(member.vm)
            }
            if domain?.state == .running { return member.name }
        }
        return nil
    }
}
