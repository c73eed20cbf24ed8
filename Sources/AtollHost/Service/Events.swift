// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import Foundation
import GRDB
import Logging

/// Somebody who listens to events as they happen.
struct Follower: Sendable {
    let caller: Caller
    let group: String?
    let continuation: AsyncStream<Event>.Continuation
}

extension HostService {
    /// How many events the ledger keeps.
    private static var kept: Int64 { 10_000 }

    /// Writes an event down and tells those who listen. Failing to is logged, and stops nothing.
    func record(_ kind: String, _ group: GroupRow, _ subject: String?, _ message: String) {
        var row = EventRow(
            id: nil, time: configuration.now(), kind: kind, groupName: group.name,
            owner: group.owner,
            subject: subject, message: message)
        logger.info(
            "\(message)", metadata: ["event": "\(kind)", "group": "\(group.name)"])
        let unwritten = row
        do throws(LedgerError) {
            row.id = try ledger.write(.event) { db in
                try unwritten.insert(db)
                let id = db.lastInsertedRowID
                if id % 256 == 0 {
                    try db.execute(
                        sql: "DELETE FROM events WHERE id <= ?", arguments: [id - Self.kept])
                }
                return id
            }
        } catch { return logger.error("ledger", metadata: ["reason": "\(error.reason)"]) }
        recorded += 1
        for follower in followers.values where follower.wants(row) {
            follower.continuation.yield(row.event)
        }
    }

    /// Events after `since` that the caller may see; with `follow` the stream goes on as they happen.
    public func events(since: Int64, group: String?, follow: Bool, as caller: Caller)
        async throws(APIError) -> AsyncStream<Event>
    {
        // A deleted group's events stay, so a group that is not there now is no mistake.
        let past = try rows { () throws(LedgerError) in
            try ledger.read { db in
                try EventRow.filter(Column("id") > since).order(Column("id")).fetchAll(db)
            }
        }
        let (stream, continuation) = AsyncStream<Event>.makeStream(
            bufferingPolicy: .bufferingNewest(10_000))
        let follower = Follower(caller: caller, group: group, continuation: continuation)
        for row in past where follower.wants(row) { continuation.yield(row.event) }
        guard follow else {
            continuation.finish()
            return stream
        }
        lastFollower += 1
        let id = lastFollower
        followers[id] = follower
        continuation.onTermination = { _ in Task { await self.forget(follower: id) } }
        return stream
    }

    private func forget(follower id: UInt64) { followers[id] = nil }
}

extension Follower {
    func wants(_ row: EventRow) -> Bool {
        caller.mayTouch(owner: UInt32(clamping: row.owner))
            && (group == nil || group == row.groupName)
    }
}
