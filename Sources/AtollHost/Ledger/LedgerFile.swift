// SPDX-License-Identifier: Apache-2.0
import AtollSystem
import Foundation
import GRDB

/// The ledger's files: `ledger.sqlite` with SQLite's `-wal` and `-shm`, and a backup beside it.
struct LedgerFile: Sendable {
    let path: String
    private let backup: String
    /// The database, SQLite's log of it, and the log's index.
    private static let suffixes = ["", "-wal", "-shm"]

    init(directory: String) {
        path = directory + "/ledger.sqlite"
        backup = directory + "/ledger.backup.sqlite"
    }

    /// A connection to a ledger that is whole, of this daemon's form.
    func open() throws(LedgerError) -> (DatabaseQueue, LedgerOpening) {
        guard exists(path) else {
            // What is left of the log of a ledger that is gone belongs to no other.
            let strays = try setAside()
            if exists(backup) { return try replace("it is gone", strays) }
            return (try make(), .new)
        }
        do throws(LedgerError) {
            return (try openWhole(path), .sound)
        } catch {
            guard error.kind == .damaged else { throw error }
            return try replace(error.reason, try setAside())
        }
    }

    private func replace(_ flaw: String, _ setAside: [String]) throws(LedgerError) -> (
        DatabaseQueue, LedgerOpening
    ) {
        if try restore() {
            return (try openWhole(path), .restored(flaw: flaw, setAside: setAside))
        }
        return (try make(), .emptied(flaw: flaw, setAside: setAside))
    }

    // MARK: Opening

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        return configuration
    }

    private func make() throws(LedgerError) -> DatabaseQueue {
        try sqlite {
            let queue = try DatabaseQueue(path: path, configuration: Self.configuration)
            // Before there is a table: a daemon killed here must not take the empty ledger for the truth.
            try queue.write { try LedgerDoubt.missing.write(to: $0) }
            try Ledger.migrator.migrate(queue)
            return queue
        }
    }

    /// Throws ``LedgerError/Kind/damaged`` with what is wrong, or ``LedgerError/Kind/newer``.
    private func openWhole(_ path: String) throws(LedgerError) -> DatabaseQueue {
        // SQLite takes less than a page for a database that is about to be made.
        guard let bytes = size(path), bytes >= 512 || (size(path + "-wal") ?? 0) > 0 else {
            throw LedgerError(.damaged, "it is empty, or less than a page long")
        }
        return try sqlite {
            let queue = try DatabaseQueue(path: path, configuration: Self.configuration)
            try queue.read { db in
                if try Ledger.migrator.hasBeenSuperseded(db) {
                    let applied = try Ledger.migrator.appliedIdentifiers(db)
                    // A newer one has done all that this one knows of, and more.
                    guard applied.isSuperset(of: Ledger.migrator.migrations) else {
                        throw LedgerError(.damaged, "it is in no form that there has been")
                    }
                    let unknown = applied.subtracting(Ledger.migrator.migrations).sorted()
                    throw LedgerError(
                        .newer,
                        "a newer atolld has changed its form (\(unknown.joined(separator: ", ")))")
                }
                if let flaw = try LedgerCheck.flawOfFile(db) { throw LedgerError(.damaged, flaw) }
            }
            do {
                try Ledger.migrator.migrate(queue)
            } catch {
                let error = LedgerError(error)
                // SQL that does not fit the tables that are there.
                throw error.kind == .other ? LedgerError(.damaged, error.reason) : error
            }
            if let flaw = try queue.read({ try LedgerCheck.flawOfRows($0) }) {
                throw LedgerError(.damaged, flaw)
            }
            return queue
        }
    }

    // MARK: The backup

    /// Made beside the old one, which it replaces when it is whole.
    func keepBackup(of queue: DatabaseQueue) throws(LedgerError) {
        let new = backup + ".new"
        try sqlite {
            // A daemon may have been killed while it made one.
            for suffix in Self.suffixes + ["-journal"] { try remove(new + suffix) }
            try queue.vacuum(into: new)
            try rename(new, to: backup)
        }
    }

    /// Puts the backup in the ledger's place, if it is whole.
    private func restore() throws(LedgerError) -> Bool {
        guard exists(backup) else { return false }
        let new = path + ".new"
        do throws(LedgerError) {
            try sqlite {
                for suffix in Self.suffixes { try remove(new + suffix) }
                try FileManager.default.copyItem(atPath: backup, toPath: new)
                let queue = try openWhole(new)
                try queue.write { try LedgerDoubt.stale.write(to: $0) }
                try queue.close()
                try rename(new, to: path)
            }
            return true
        } catch {
            if error.kind == .full { throw error }
            return false
        }
    }

    // MARK: Files

    /// Renames what is there of the ledger; gives the new names. The ledger itself first: without it
    /// nobody takes its log for another's.
    private func setAside() throws(LedgerError) -> [String] {
        let stamp = Date.now.formatted(
            .iso8601.timeSeparator(.omitted).dateSeparator(.omitted))
        var name = "\(path).damaged-\(stamp)"
        var number = 1
        // The clock may have been set back.
        while Self.suffixes.contains(where: { exists(name + $0) }) {
            number += 1
            name = "\(path).damaged-\(stamp).\(number)"
        }
        var names: [String] = []
        for suffix in Self.suffixes where exists(path + suffix) {
            try sqlite { try rename(path + suffix, to: name + suffix) }
            names.append(name + suffix)
        }
        return names
    }

    private func sqlite<T>(_ body: () throws -> T) throws(LedgerError) -> T {
        do { return try body() } catch { throw LedgerError(error) }
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private func size(_ path: String) -> UInt64? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.uint64Value
    }

    private func remove(_ path: String) throws {
        if exists(path) { try FileManager.default.removeItem(atPath: path) }
    }
}
