// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollRegion
import Foundation
import GRDB
import Logging

extension HostService {
    public func regions(of group: String, as caller: Caller) async throws(APIError)
        -> [AtollAPI.Region]
    {
        view(try state(of: group, for: caller)).regions
    }

    public func region(_ name: String, of group: String, as caller: Caller) async throws(APIError)
        -> AtollAPI.Region
    {
        let row = try find(name, in: try state(of: group, for: caller))
        await look(at: row)
        let state = try state(of: group, for: caller)
        return view(try find(name, in: state), in: state)
    }

    func find(_ region: String, in state: GroupState) throws(APIError) -> RegionRow {
        guard let row = state.region(region) else {
            throw APIError(
                code: .noSuchRegion, message: "group \(state.group.name) has no such region",
                value: region, remedy: "`atoll region list \(state.group.name)` shows its regions")
        }
        return row
    }

    /// Makes a region and plugs it into every member.
    public func createRegion(_ spec: RegionSpec, in group: String, as caller: Caller)
        async throws(APIError) -> AtollAPI.Region
    {
        try await inTurn(group) { () throws(APIError) -> AtollAPI.Region in
            let state = try state(of: group, for: caller)
            let row = RegionRow(
                id: UUID(), groupID: state.group.id, name: spec.name,
                object: Names.object(group: group, region: spec.name),
                size: Int64(clamping: spec.size), state: .creating, created: configuration.now(),
                pages: spec.pages ?? .small,
                pagesFallback: spec.pagesFallback ?? false, numa: spec.numa ?? .none,
                vectors: spec.doorbell == true ? Self.doorbellVectors : 0)
            do throws(APIError) {
                try await admit(spec, row, in: state)
                // Nothing waits between this and the row: what two groups ask for at once is not
                // promised twice.
                try admitBeside(others: row, in: state)
            } catch {
                countDenial(error, state.group, spec.name)
                throw error
            }
            promises[row.id] = spec.size
            defer { promises[row.id] = nil }
            try rows { () throws(LedgerError) in
                try ledger.write { db in
                    try row.insert(db)
                    for member in state.members {
                        try AttachmentRow(regionID: row.id, vm: member.vm, state: .attaching)
                            .insert(db)
                    }
                }
            }
            step(.regionRecorded)
            do throws(APIError) {
                try await make(row, of: state)
                for member in state.members { try await attach(row, to: member) }
            } catch {
                await takeBack(row, of: state)
                countDenial(error, state.group, spec.name)
                throw error
            }
            let size = ByteSize(bytes: spec.size)
            record("region.created", state.group, row.name, "region \(row.name) of \(size) created")
            let now = try self.state(of: group, for: caller)
            return view(try find(row.name, in: now), in: now)
        }
    }

    /// Unplugs a region everywhere and removes it. Refused while a member has it mapped or a job
    /// runs on it, unless `force`.
    public func deleteRegion(_ name: String, of group: String, force: Bool, as caller: Caller)
        async throws(APIError)
    {
        // Whoever makes it has the turn.
        let isCancelled = cancelFilling(name, of: try state(of: group, for: caller))
        try await inTurn(group) { () throws(APIError) in
            let state = try state(of: group, for: caller)
            if isCancelled, state.region(name) == nil { return }
            let row = try find(name, in: state)
            let users = state.members.filter { hasJoined($0, row.id) }.map { $0.name }
            let jobs = mapped[row.id].map { jobsOn(board: $0) } ?? 0
            if !force, !users.isEmpty || jobs > 0 {
                throw APIError(
                    code: .regionInUse,
                    message: "mapped by \(users.joined(separator: ", ")); jobs: \(jobs)",
                    value: name,
                    remedy: "end the jobs and use --force, which asks the guests to let go first")
            }
            try await take(away: row, of: state)
        }
    }

    /// Takes a region out of every member and the world; puts everything back where that fails.
    func take(away row: RegionRow, of state: GroupState) async throws(APIError) {
        try set(row, .deleting, attachments: .detaching)
        step(.deleteRecorded)
        do throws(APIError) { try await unmake(row, of: state) } catch {
            // What was unplugged already lost its row with it.
            try? wish(state.members.map { (row.id, $0.vm) })
            let isRestoring = row.state == .restoring
            try? set(row, isRestoring ? .restoring : .ready, attachments: .attaching, .follows)
            mapped[row.id]?.setDraining(isRestoring)
            await reconcileInTurn(state.group.name)
            throw error
        }
        record("region.deleted", state.group, row.name, "region \(row.name) deleted")
    }

    func set(
        _ row: RegionRow, _ region: RegionState, attachments: AttachmentRow.State,
        _ purpose: Ledger.Purpose = .intent
    ) throws(APIError) {
        try rows { () throws(LedgerError) in
            try ledger.write(purpose) { db in
                try db.execute(
                    sql: "UPDATE regions SET state = ? WHERE id = ?",
                    arguments: [region.rawValue, row.id.uuidString.lowercased()])
                try db.execute(
                    sql: "UPDATE attachments SET state = ? WHERE regionID = ?",
                    arguments: [attachments.rawValue, row.id.uuidString.lowercased()])
            }
        }
    }

    /// Writes down that these members shall have these regions.
    func wish(_ pairs: [(region: UUID, vm: UUID)]) throws(APIError) {
        try rows { () throws(LedgerError) in
            try ledger.write(.follows) { db in
                for (region, vm) in pairs {
                    try AttachmentRow(regionID: region, vm: vm, state: .attaching).save(db)
                }
            }
        }
    }

    /// Undoes a creation that failed. What cannot be undone now stays recorded as `deleting` and is
    /// tried again.
    private func takeBack(_ row: RegionRow, of state: GroupState) async {
        do throws(APIError) {
            try set(row, .deleting, attachments: .detaching, .follows)
            try await unmake(row, of: state)
        } catch {
            logger.error(
                "a failed creation could not be undone yet",
                metadata: ["region": "\(row.object)", "reason": "\(error.message)"])
        }
    }
}
