// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Synchronization

/// What the host has promised: groups, regions, members and what is being done about them. Every
/// intent is written here before the world is changed, so that a daemon killed at any instruction
/// finds its way.
public final class Ledger: Sendable {
    private let queue: DatabaseQueue
    /// All groups as they were last read, and the version that they were read at.
    private let memory = Mutex<(version: Version, states: [GroupState])?>(nil)

    /// Opens or makes the ledger in this directory.
    public init(directory: String) throws(LedgerError) {
        do {
            var configuration = Configuration()
            configuration.journalMode = .wal
            configuration.busyMode = .timeout(5)
            queue = try DatabaseQueue(
                path: directory + "/ledger.sqlite", configuration: configuration)
            try Self.migrator.migrate(queue)
        } catch { throw LedgerError(error) }
    }

    /// A ledger that goes with the process.
    public init(inMemory: Void) throws(LedgerError) {
        do {
            queue = try DatabaseQueue()
            try Self.migrator.migrate(queue)
        } catch { throw LedgerError(error) }
    }

    func read<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
        do { return try queue.read(body) } catch { throw LedgerError(error) }
    }

    func write<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
        do { return try queue.write(body) } catch { throw LedgerError(error) }
    }

    /// All groups: what `load` gave the last time, if nothing was written since.
    func remembered(_ load: (Database) throws -> [GroupState]) throws(LedgerError) -> [GroupState] {
        try read { db in
            let version = try Version(db)
            if let known = memory.withLock({ $0 }), known.version == version { return known.states }
            let states = try load(db)
            memory.withLock { $0 = (version, states) }
            return states
        }
    }

    /// Changes with every write, by this process or by somebody with sqlite3.
    private struct Version: Equatable {
        /// Rows that this process has changed.
        let own: Int
        /// SQLite's mark of what others have committed.
        let others: Int?

        init(_ db: Database) throws {
            own = db.totalChangesCount
            others = try Int.fetchOne(db, sql: "PRAGMA data_version")
        }
    }
}
