// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import GRDB

/// Looks for what no daemon has written.
enum LedgerCheck {
    /// What is wrong with the file and its tables; `nil`: nothing that shows.
    static func flawOfFile(_ db: Database) throws -> String? {
        let answer = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)")
        if let answer, answer != "ok" { return answer }
        let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master")
        if tables.contains("grdb_migrations") { return nil }
        // A daemon killed while it made the ledger leaves one without any table.
        return tables.isEmpty ? "it has no tables" : "its tables are not a ledger's"
    }

    /// What is wrong with its rows, once it is of this daemon's form.
    static func flawOfRows(_ db: Database) throws -> String? {
        let states: [GroupState]
        do {
            states = try Ledger.groupStates(db)
            _ = try EventRow.limit(1).fetchOne(db)
            _ = try OwnerRow.fetchAll(db)
        } catch let error as DatabaseError where error.resultCode != .SQLITE_ERROR {
            throw error
        } catch { return "\(error)" }
        for state in states {
            guard (try? Names.check(state.group.name, of: "group")) != nil else {
                return "a group is called \(state.group.name.debugDescription)"
            }
            for region in state.regions {
                let size = UInt64(clamping: region.size)
                guard (try? RegionLayout(bytes: size)) != nil,
                    region.object == Names.object(group: state.group.name, region: region.name)
                else { return "region \(region.object.debugDescription) of \(region.size) bytes" }
            }
            if let member = state.members.first(where: {
                !(0..<RegionLayout.memberSlots).contains($0.slot) || $0.incarnation < 0
            }) {
                return "VM \(member.name.debugDescription) in slot \(member.slot)"
            }
        }
        return nil
    }
}
