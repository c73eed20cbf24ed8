// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Synchronization

/// What the host has promised: groups, regions, members and what is being done about them. Every
/// intent is written here before the world is changed, so that a daemon killed at any instruction
/// finds its way.
public final class Ledger: Sendable {
    /// How the daemon found it.
    public let opening: LedgerOpening
    private let queue: DatabaseQueue
    private let file: LedgerFile?
    private let reserve: LedgerReserve?
    /// All groups as they were last read, and the version that they were read at.
    private let memory = Mutex<(version: Version, states: [GroupState])?>(nil)
    /// Whether the world may know more than the ledger, or something else.
    private let doubt: Mutex<LedgerDoubt>
    /// Writes other than events, and how many of them the backup has.
    private let changes = Mutex<(made: Int, kept: Int)>((0, 0))

    /// Opens or makes the ledger in this directory. One that is damaged is set aside, and its backup
    /// takes its place or, where there is none, an empty one.
    public convenience init(directory: String) throws(LedgerError) {
        try self.init(directory: directory, isFull: { false })
    }

    /// - Parameter isFull: tests say by it that the disk is.
    init(directory: String, isFull: @escaping @Sendable () -> Bool) throws(LedgerError) {
        let reserve = LedgerReserve(directory: directory, isFull: isFull)
        let file = LedgerFile(directory: directory)
        let found: (DatabaseQueue, LedgerOpening)
        do throws(LedgerError) {
            found = try file.open()
        } catch {
            // SQLite needs some room even to read.
            guard error.kind == .full, reserve.spend() else { throw error }
            found = try file.open()
        }
        (queue, opening) = found
        do { doubt = Mutex(try queue.read { try LedgerDoubt($0) }) } catch {
            throw LedgerError(error)
        }
        self.file = file
        self.reserve = reserve
        changes.withLock { $0.made = 1 }
        _ = reserve.restore()
    }

    /// A ledger that goes with the process.
    public init(inMemory: Void) throws(LedgerError) {
        do {
            queue = try DatabaseQueue()
            try Self.migrator.migrate(queue)
        } catch { throw LedgerError(error) }
        (opening, file, reserve) = (.new, nil, nil)
        doubt = Mutex(.none)
    }

    func read<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
        do { return try queue.read(body) } catch { throw LedgerError(error) }
    }

    /// What a write is for, which decides whether it may be refused for want of room.
    enum Purpose: Sendable {
        /// Something new is begun. Refused where the disk is full: then nothing has been done.
        case intent
        /// What is begun is finished or undone, or the world did something: it has room that is kept
        /// for it.
        case follows
        /// A note; nothing depends on it.
        case event
    }

    func write<T>(_ purpose: Purpose = .intent, _ body: (Database) throws -> T)
        throws(LedgerError) -> T
    {
        if purpose != .event { changes.withLock { $0.made += 1 } }
        if purpose != .follows, let reserve, !reserve.restore() { throw .full }
        do throws(LedgerError) { return try attempt(body) } catch {
            guard purpose == .follows, error.kind == .full, let reserve, reserve.spend() else {
                throw error
            }
            return try attempt(body)
        }
    }

    private func attempt<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
        if reserve?.isExhausted == true { throw .full }
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

extension Ledger {
    var isInDoubt: LedgerDoubt { doubt.withLock { $0 } }

    /// Writes what a look at the world has taught, and that there is no doubt any more, at once.
    func settle(_ body: (Database) throws -> Void) throws(LedgerError) {
        try write { db in
            try body(db)
            try LedgerDoubt.none.write(to: db)
        }
        doubt.withLock { $0 = .none }
    }

    /// Keeps a copy beside the ledger, if it has changed since the last one was made. Blocks for as long
    /// as that takes: some milliseconds for thousands of members.
    func backUp() throws(LedgerError) {
        // A copy of a ledger that does not know the world yet is worse than an older one.
        guard let file, isInDoubt == .none else { return }
        let made = changes.withLock { $0.made }
        if changes.withLock({ $0.kept == made }) { return }
        try file.keepBackup(of: queue)
        changes.withLock { $0.kept = made }
    }
}
