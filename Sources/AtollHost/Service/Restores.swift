// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import AtollRegion
public import AtollSnapshot
import Foundation
import GRDB
import Logging

/// Bringing a snapshot's content into a region. From the first byte on until the last the region is
/// `restoring`, and draining in its header: nobody can use what is neither the old nor the new.
extension HostService {
    /// Begins, or goes on with, a restore. The group's turn is held until ``finish(_:)`` is called, or
    /// ``RestoreSession/abandon()``, or it takes too long.
    ///
    /// - Parameters:
    ///   - start: bytes of the region that an earlier try has brought; see ``Restore``.
    ///   - force: also where members have joined the region or jobs run on it: jobs are stopped, and
    ///     guests asked to let go.
    public func restore(
        _ head: SnapshotHead, from start: UInt64, into name: String, of group: String, force: Bool,
        as caller: Caller
    ) async throws(APIError) -> RestoreSession {
        _ = try find(name, in: try state(of: group, for: caller))
        let (answers, answer) = AsyncStream<Result<RestoreSession, APIError>>.makeStream()
        Task {
            do throws(APIError) {
                try await inTurn(group) { () throws(APIError) in
                    let state = try state(of: group, for: caller)
                    let session = try await beginRestore(head, start, name, state, force)
                    answer.yield(.success(session))
                    await endRestore(session, await over(session.content))
                }
            } catch { answer.yield(.failure(error)) }
            answer.finish()
        }
        for await result in answers { return try result.get() }
        throw APIError(code: .shuttingDown, message: "the daemon is stopping", remedy: "try later")
    }

    private func beginRestore(
        _ head: SnapshotHead, _ start: UInt64, _ name: String, _ state: GroupState, _ force: Bool
    ) async throws(APIError) -> RestoreSession {
        let row = try find(name, in: state)
        guard row.state == .ready || row.state == .restoring, let region = mapped[row.id] else {
            throw notReady(row, state)
        }
        try check(head, fits: row)
        try checkStart(start, head, row, state)
        if !force { try checkUnused(row, head, state) }
        try rows { () throws(LedgerError) in
            try ledger.write { db in
                var row = row
                row.state = .restoring
                try row.update(db)
                try RestoreRow(
                    regionID: row.id, snapshot: Self.uuid(head.id), bytes: Int64(clamping: start)
                ).save(db)
            }
        }
        step(.restoreRecorded)
        for member in state.members { stopJobs(on: region, with: member) }
        region.setDraining(true)
        await letGo(region, state.members)
        return RestoreSession(
            content: ContentSession(region, head, done: start, lease: configuration.lease),
            group: state.group.name, region: name)
    }

    /// Writes down how far it is: from there another try may go on. Where that cannot be written, that
    /// try begins further back.
    public func note(_ session: RestoreSession) {
        let done = session.content.done
        do throws(LedgerError) {
            guard let row = try ledger.groupState(session.group)?.region(session.region) else {
                return
            }
            try ledger.write(.event) { db in
                try db.execute(
                    sql: "UPDATE restores SET bytes = ? WHERE regionID = ?",
                    arguments: [Int64(clamping: done), row.id.uuidString.lowercased()])
            }
        } catch { return logger.warning("ledger", metadata: ["reason": "\(error.reason)"]) }
        step(.restoredPart)
    }

    /// Says that all has been brought, ``RestoreSession/putEnd()`` too, and gives the region once it is
    /// ready.
    public func finish(_ session: RestoreSession, as caller: Caller)
        async throws(APIError) -> AtollAPI.Region
    {
        precondition(session.content.done == session.head.regionBytes)
        session.content.end(.whole)
        guard session.content.outcome == .whole else { throw session.content.brokenOff }
        // In turn: after what follows from it.
        return try await inTurn(session.group) { () throws(APIError) -> AtollAPI.Region in
            let state = try state(of: session.group, for: caller)
            let row = try find(session.region, in: state)
            guard row.state == .ready else { throw notReady(row, state) }
            return view(row, in: state)
        }
    }

    private func endRestore(_ session: RestoreSession, _ outcome: ContentSession.Outcome) async {
        guard let state = try? ledger.groupState(session.group),
            let row = state.region(session.region)
        else { return }
        switch outcome {
        case .brokenOff(let why):
            note(session)
            record(
                "region.restoring-broken-off", state.group, row.name,
                "restoring region \(row.name) was broken off: \(why)")
        case .whole:
            do throws(APIError) {
                try complete(session, row, state)
                record(
                    "region.restored", state.group, row.name,
                    "region \(row.name) has the content of a snapshot of "
                        + "\(session.head.group)/\(session.head.region)")
            } catch {
                logger.error(
                    "a restore could not be completed", metadata: ["reason": "\(error.message)"])
            }
        }
    }

    /// Makes the region its members' again.
    private func complete(_ session: RestoreSession, _ row: RegionRow, _ state: GroupState)
        throws(APIError)
    {
        let region = session.content.region
        region.forgetMembers()
        region.forgetJobObjects()
        let id = state.group.id
        // Whoever held a lock when the snapshot was taken is dead by now: no member may pass for him.
        let stale = state.members.filter { isStale($0, session.head) }
        try rows { () throws(LedgerError) in
            try ledger.write(.follows) { db in
                try db.execute(
                    sql: "UPDATE groups SET incarnations = max(incarnations, ?) WHERE id = ?",
                    arguments: [Int64(session.head.incarnations), id.uuidString.lowercased()])
                for member in stale {
                    try db.execute(
                        sql: "UPDATE members SET incarnation = ? WHERE vm = ?",
                        arguments: [
                            try nextIncarnation(id, db), member.vm.uuidString.lowercased(),
                        ])
                }
            }
        }
        let now = try rows { () throws(LedgerError) in try ledger.groupState(state.group.name) }
        for member in now?.members ?? [] where member.boot != nil && !member.leaving {
            assign(member, in: row.id)
            guard stale.contains(where: { $0.vm == member.vm }) else { continue }
            for other in state.regions where other.id != row.id { assign(member, in: other.id) }
        }
        try rows { () throws(LedgerError) in
            try ledger.write(.follows) { db in
                var row = row
                row.state = .ready
                try row.update(db)
                try db.execute(
                    sql: "DELETE FROM restores WHERE regionID = ?",
                    arguments: [row.id.uuidString.lowercased()])
            }
        }
        step(.restoredAll)
        region.setDraining(false)
    }

    // MARK: Refusals

    private func check(_ head: SnapshotHead, fits row: RegionRow) throws(APIError) {
        guard head.regionBytes == UInt64(clamping: row.size) else {
            throw APIError(
                code: .snapshotMismatch,
                message: "the snapshot is of a region of \(ByteSize(bytes: head.regionBytes)), "
                    + "and this one has \(ByteSize(bytes: UInt64(clamping: row.size)))",
                value: row.name, remedy: "restore it into a region of its size")
        }
        guard head.layoutVersion == MappedRegion.layoutVersion else {
            throw APIError(
                code: .snapshotMismatch,
                message: "the snapshot's region has layout version \(head.layoutVersion), "
                    + "and this daemon makes version \(MappedRegion.layoutVersion)",
                value: row.name, remedy: "restore it with an Atoll of the version that took it")
        }
    }

    private func checkStart(
        _ start: UInt64, _ head: SnapshotHead, _ row: RegionRow, _ state: GroupState
    ) throws(APIError) {
        if start == 0 { return }
        let known = state.restores.first { $0.regionID == row.id }
        guard let known, known.snapshot == Self.uuid(head.id),
            start <= UInt64(clamping: known.bytes), start % UInt64(SnapshotHead.chunk) == 0
        else {
            throw APIError(
                code: .snapshotMismatch,
                message: "no restore of this snapshot has come so far", value: "\(start)",
                remedy: "begin with the first byte")
        }
    }

    private func checkUnused(_ row: RegionRow, _ head: SnapshotHead, _ state: GroupState)
        throws(APIError)
    {
        let users = state.members.filter { hasJoined($0, row.id) }.map { $0.name }
        let jobs = mapped[row.id].map { jobsOn(board: $0) } ?? 0
        guard users.isEmpty, jobs == 0 else {
            throw APIError(
                code: .regionInUse,
                message: "mapped by \(users.joined(separator: ", ")); jobs: \(jobs)",
                value: row.name,
                remedy: "stop the VMs, or end the jobs and use --force, which asks the guests to "
                    + "let go first")
        }
        if let member = state.members.first(where: { isStale($0, head) && isBusy($0, in: state) }) {
            throw APIError(
                code: .memberBusy,
                message: "a job runs on the VM, which would begin anew for the group",
                value: member.name, remedy: "wait for the job's end, or use --force")
        }
    }

    /// Whether a lock in the snapshot may be held in this member's name.
    private func isStale(_ member: MemberRow, _ head: SnapshotHead) -> Bool {
        member.boot != nil && UInt64(clamping: member.incarnation) <= head.incarnations
    }

    private static func uuid(_ bytes: [UInt8]) -> UUID {
        UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
                bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14],
                bytes[15]
            ))
    }
}
