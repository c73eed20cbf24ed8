// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import Foundation
import Logging

/// The kernel's accounts of groups: the second wall behind the ledger's, and what says whose memory a
/// region is. Every step can be repeated.
extension HostService {
    /// Makes the group's account, with its limits. A host that charges nothing has none, which
    /// `atoll doctor` says.
    func openAccount(_ group: GroupRow) async throws(APIError) {
        let account = ChargeAccount(
            group: group.name, quota: UInt64(clamping: group.quota),
            soft: group.soft.map { UInt64(clamping: $0) })
        do throws(QuotaError) { try await ports.quota.open(account) } catch {
            if case .unavailable(let reason) = error {
                if !saidUncharged { logger.warning("regions are charged to no group: \(reason)") }
                saidUncharged = true
                return
            }
            throw error.api
        }
    }

    /// How the region's filler joins its account; `nil`: this host charges nothing.
    func ticket(for row: RegionRow, of state: GroupState) async throws(APIError) -> ChargeTicket? {
        // Again, should somebody have taken the directory away, or systemd have made a new unit.
        try await openAccount(state.group)
        do throws(QuotaError) {
            return try await ports.quota.ticket(
                region: row.name, group: state.group.name, pages: row.pages)
        } catch {
            if case .unavailable = error { return nil }
            throw error.api
        }
    }

    /// Gives the region's part up, whose memory is gone. What cannot be given up now is swept later.
    func closeAccount(of region: RegionRow, _ group: GroupRow) async {
        do throws(QuotaError) {
            try await ports.quota.close(region: region.name, group: group.name)
        } catch { sweepLater(error) }
        step(.accountClosed)
    }

    func closeAccount(of group: GroupRow) async {
        opened.remove(group.name)
        warned.remove(group.id)
        do throws(QuotaError) { try await ports.quota.close(group: group.name) } catch {
            sweepLater(error)
        }
    }

    private func sweepLater(_ error: QuotaError) {
        if case .unavailable = error { return }
        logger.warning("an account stays for now", metadata: ["reason": "\(error.api.message)"])
        needsSweep = true
    }

    /// Opens the group's account once in this daemon's life.
    func openAtStart(_ group: GroupRow) async {
        guard !opened.contains(group.name) else { return }
        do throws(APIError) { try await openAccount(group) } catch {
            logger.warning(
                "account", metadata: ["group": "\(group.name)", "reason": "\(error.message)"])
        }
        opened.insert(group.name)
    }

    /// Gives up the accounts that no group or region of the ledger has.
    func sweepAccounts() async {
        guard needsSweep else { return }
        needsSweep = false
        // First what is there, then what shall be: a name is in the ledger before it has an account.
        guard let accounts = try? await ports.quota.accounts() else { return }
        for (group, regions) in accounts {
            try? await inTurn(group) { () throws(APIError) in
                let state = try rows { () throws(LedgerError) in try ledger.groupState(group) }
                do throws(QuotaError) {
                    guard let state else { return try await ports.quota.close(group: group) }
                    for region in regions where state.region(region) == nil {
                        try await ports.quota.close(region: region, group: group)
                    }
                } catch { sweepLater(error) }
            }
        }
    }

    /// Warns of each group that has gone beyond its soft limit, once until it is below again.
    func watchSoftLimits() async {
        for state in (try? ledger.groupStates()) ?? [] {
            guard let soft = state.group.soft else {
                warned.remove(state.group.id)
                continue
            }
            let charge = try? await ports.quota.charge(of: state.group.name)
            let used = charge?.used ?? UInt64(clamping: state.reserved)
            guard used > UInt64(clamping: soft) else {
                warned.remove(state.group.id)
                continue
            }
            guard warned.insert(state.group.id).inserted else { continue }
            let limit = ByteSize(bytes: UInt64(clamping: soft))
            record(
                "quota.soft", state.group, nil,
                "group \(state.group.name) uses \(ByteSize(bytes: used)), "
                    + "more than its soft limit of \(limit)")
        }
    }
}

extension QuotaError {
    var api: APIError {
        switch self {
        case .unavailable(let reason):
            APIError(
                code: .systemFailure, message: "this host charges nothing: \(reason)",
                remedy: "`atoll doctor` says more")
        case .belowUse(let limit, let used):
            APIError(
                code: .quotaBelowUse,
                message: "the kernel charges the group \(ByteSize(bytes: used)) now",
                value: "\(ByteSize(bytes: limit))",
                remedy: "choose a larger quota, or delete a region")
        case .failed(let operation, let reason):
            APIError(
                code: .systemFailure, message: "cannot \(operation): \(reason)",
                remedy: "see `atoll doctor` and the daemon's log")
        }
    }
}
