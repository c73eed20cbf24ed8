// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollRegion
import Foundation
import GRDB
import Logging

/// Where a region's pages lay when they were looked at.
struct Residence: Sendable {
    let seen: ContinuousClock.Instant
    let nodes: [String: UInt64]
}

extension HostService {
    /// How old a look at a region's pages may be: it reads the state of each page.
    private static var freshness: Duration { .seconds(15) }
    /// How long one request may look at pages; what it has not come to is looked at by the next.
    private static var patience: Duration { .milliseconds(500) }

    /// What the groups that the caller may see have of the host's memory.
    ///
    /// - Parameter name: of one group; `nil`: all.
    public func accounts(of name: String? = nil, as caller: Caller) async throws(APIError)
        -> [GroupAccount]
    {
        let states: [GroupState]
        if let name {
            states = [try state(of: name, for: caller)]
        } else {
            let owner = caller.isAdministrator ? nil : caller.user
            states = try rows { () throws(LedgerError) in try ledger.groupStates(owner: owner) }
        }
        let denials = try rows { () throws(LedgerError) in
            try ledger.read { try DenialRow.fetchAll($0) }
        }
        let counts = Dictionary(denials.map { ($0.groupID, $0.count) }) { $1 }
        await lookAtPages(states)
        let running = states.flatMap(\.members).filter { $0.boot != nil }.map(\.vm)
        let paths = states.flatMap(\.regions).compactMap { try? store.file(of: $0) }
        let memory =
            running.isEmpty
            ? [:] : await hypervisor.memory(of: Set(running), objects: Set(paths))
        var accounts: [GroupAccount] = []
        for state in states {
            let charge = try? await ports.quota.charge(of: state.group.name)
            accounts.append(
                account(state, charge, memory, denials: counts[state.group.id] ?? 0))
        }
        return accounts
    }

    private func account(
        _ state: GroupState, _ charge: GroupCharge?, _ memory: [UUID: ProcessMemory],
        denials: Int64
    ) -> GroupAccount {
        GroupAccount(
            group: state.group.name, owner: UInt32(clamping: state.group.owner),
            quota: UInt64(clamping: state.group.quota),
            soft: state.group.soft.map { UInt64(clamping: $0) },
            reserved: UInt64(clamping: state.reserved), denials: UInt64(clamping: denials),
            charge: charge.map { Charge($0) },
            regions: state.regions.map { row in
                RegionAccount(
                    region: row.name, size: UInt64(clamping: row.size), pages: row.pages,
                    resident: store.resident(row), charged: charge?.regions[row.name],
                    nodes: residences[row.id]?.nodes)
            },
            vms: state.members.compactMap { member in
                memory[member.vm].map {
                    GuestAccount(vm: member.name, own: $0.own, shared: $0.shared)
                }
            })
    }

    private func lookAtPages(_ states: [GroupState]) async {
        let start = ContinuousClock.now
        residences = residences.filter { mapped[$0.key] != nil }
        for row in states.flatMap(\.regions) where mapped[row.id] != nil {
            let now = ContinuousClock.now
            if now - start > Self.patience { return }
            if let known = residences[row.id], now - known.seen < Self.freshness { continue }
            guard let path = try? store.file(of: row),
                let memory = try? await ports.placement.look(path: path)
            else { continue }
            residences[row.id] = Residence(
                seen: now,
                nodes: Dictionary(
                    memory.nodes.map { ("\($0.node)", $0.bytes) }, uniquingKeysWith: +))
        }
    }

    /// Writes down that the group was refused memory, and says so.
    func countDenial(_ error: APIError, _ group: GroupRow, _ region: String) {
        guard [.quotaExceeded, .hostMemory].contains(error.code) else { return }
        do throws(LedgerError) {
            try ledger.write(.event) { db in
                try db.execute(
                    sql: """
                        INSERT INTO denials (groupID, count) VALUES (?, 1)
                        ON CONFLICT (groupID) DO UPDATE SET count = count + 1
                        """, arguments: [group.id.uuidString.lowercased()])
            }
        } catch { return logger.error("ledger", metadata: ["reason": "\(error.reason)"]) }
        record(
            "region.denied", group, region,
            "region \(region) of \(error.value ?? "?") was refused: \(error.message)")
    }

    /// What this daemon has done since it started, as far as the host knows.
    public func figures(requests: [String: UInt64]) -> DaemonFigures {
        DaemonFigures(requests: requests, events: recorded, jobsStarted: lastJob)
    }
}
