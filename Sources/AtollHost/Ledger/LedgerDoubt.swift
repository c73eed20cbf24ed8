// SPDX-License-Identifier: Apache-2.0
import GRDB

/// What a ledger may not know of the world. Kept in the file itself, so that a daemon that is killed
/// before it has looked looks at its next start.
enum LedgerDoubt: Int, Sendable {
    case none = 0
    /// It is new or was emptied: there may be regions and members that it has never heard of.
    case missing = 1
    /// It is a backup: besides, what it speaks of may be gone for good.
    case stale = 2

    init(_ db: Database) throws {
        let mark = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        self = LedgerDoubt(rawValue: mark) ?? .none
    }

    func write(to db: Database) throws {
        try db.execute(sql: "PRAGMA user_version = \(rawValue)")
    }
}
