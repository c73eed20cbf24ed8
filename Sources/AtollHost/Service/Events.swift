// SPDX-License-Identifier: Apache-2.0
public import AtollAPI
import Foundation
import GRDB
import Logging

/// Somebody who listens to events as they happen.
struct Follower: Sendable {
    let caller: Caller
    let group: String?
    let maker: Followed<Event>.Maker
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
        for (id, follower) in followers where follower.wants(row) { tell(row.event, id, follower) }
    }

    /// One that does not read is told so and let go: its events would fill the daemon's memory.
    private func tell(_ event: Event, _ id: UInt64, _ follower: Follower) {
        guard follower.maker.backlog.now >= configuration.eventsUntaken else {
            follower.maker.yield(event, weight: 1)
            return
        }
        follower.maker.yield(
            Event(
                id: event.id - 1, time: event.time, kind: "follower.slow", group: event.group,
                subject: nil,
                message: "\(configuration.eventsUntaken) events wait to be read: no more are sent; "
                    + "ask again for those after number \(event.id - 1)"), weight: 1)
        follower.maker.finish()
        followers[id] = nil
    }

    /// Events after `since` that the caller may see; with `follow` the stream goes on as they happen.
    public func events(since: Int64, group: String?, follow: Bool, as caller: Caller)
        async throws(APIError) -> Followed<Event>
    {
        // A deleted group's events stay, so a group that is not there now is no mistake.
        let past = try rows { () throws(LedgerError) in
            try ledger.read { db in
                // Anybody may ask, as often as it likes: rows of others are not even read.
                var wanted = EventRow.filter(Column("id") > since)
                if !caller.isAdministrator {
                    wanted = wanted.filter(Column("owner") == Int64(caller.user))
                }
                if let group { wanted = wanted.filter(Column("groupName") == group) }
                return try wanted.order(Column("id")).fetchAll(db)
            }
        }
        let (stream, maker) = Followed<Event>.make()
        let follower = Follower(caller: caller, group: group, maker: maker)
        // What the ledger keeps is bounded, and does not count as waiting.
        for row in past where follower.wants(row) { maker.yield(row.event, weight: 0) }
        guard follow else {
            maker.finish()
            return stream
        }
        lastFollower += 1
        let id = lastFollower
        followers[id] = follower
        maker.onEnd { Task { await self.forget(follower: id) } }
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
