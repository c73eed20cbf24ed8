// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import Foundation

extension HostService {
    /// The daemon, the hypervisor and the host in one look; jobs only as far as the caller may see.
    public func status(accounts: [GroupAccount]? = nil, as caller: Caller) async -> Status {
        let states =
            (try? ledger.groupStates(owner: caller.isAdministrator ? nil : caller.user)) ?? []
        return Status(
            version: atollVersion, uptime: (ContinuousClock.now - started) / .seconds(1),
            hypervisor: await hypervisor.status(), memoryAvailable: availableMemory(),
            memoryTotal: HostMemory.now().total, groups: states.count,
            regions: states.reduce(0) { $0 + $1.regions.count },
            members: states.reduce(0) { $0 + $1.members.count },
            reserved: states.reduce(0) { $0 + UInt64(clamping: $1.reserved) },
            jobs: jobs.values.filter { caller.mayTouch(owner: $0.groupOwner) }.map { $0.job }
                .sorted { $0.id < $1.id }, accounts: accounts)
    }

    /// Whether the first reconcile is over and the hypervisor answers.
    public func isReady() async -> Bool {
        guard isSettled, !isStopping else { return false }
        return await hypervisor.status().connected
    }
}
