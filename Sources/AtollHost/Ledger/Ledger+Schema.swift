// SPDX-License-Identifier: Apache-2.0
import GRDB

extension Ledger {
    /// Every form that the ledger has had, and the way from each to the next.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            try db.create(table: "groups") { t in
                t.primaryKey("id", .text)
                t.column("name", .text).notNull().unique()
                t.column("owner", .integer).notNull()
                t.column("quota", .integer).notNull()
                t.column("incarnations", .integer).notNull()
                t.column("created", .datetime).notNull()
            }
            try db.create(table: "regions") { t in
                t.primaryKey("id", .text)
                t.column("groupID", .text).notNull().indexed().references("groups")
                t.column("name", .text).notNull()
                t.column("object", .text).notNull().unique()
                t.column("size", .integer).notNull()
                t.column("state", .text).notNull()
                t.column("created", .datetime).notNull()
                t.uniqueKey(["groupID", "name"])
            }
            try db.create(table: "members") { t in
                t.primaryKey("vm", .text)
                t.column("groupID", .text).notNull().indexed().references("groups")
                t.column("name", .text).notNull()
                t.column("slot", .integer).notNull()
                t.column("incarnation", .integer).notNull()
                t.column("boot", .integer)
                t.column("lost", .boolean).notNull()
                t.column("leaving", .boolean).notNull()
                t.column("vcpus", .integer).notNull()
                t.uniqueKey(["groupID", "slot"])
            }
            try db.create(table: "attachments") { t in
                t.column("regionID", .text).notNull().references("regions", onDelete: .cascade)
                t.column("vm", .text).notNull().references("members", onDelete: .cascade)
                t.column("state", .text).notNull()
                t.primaryKey(["regionID", "vm"])
            }
            try db.create(table: "events") { t in
                t.autoIncrementedPrimaryKey("id")
                t.column("time", .datetime).notNull()
                t.column("kind", .text).notNull()
                t.column("groupName", .text).notNull().indexed()
                t.column("owner", .integer).notNull()
                t.column("subject", .text)
                t.column("message", .text).notNull()
            }
        }
        // Columns are added, never changed. An older daemon refuses a newer ledger all the same: it
        // would not do what it does not know of.
        migrator.registerMigration("v2") { db in
            try db.alter(table: "groups") { t in
                t.add(column: "soft", .integer)
                t.add(column: "includesGuests", .boolean).notNull().defaults(to: false)
            }
            try db.alter(table: "regions") { t in
                t.add(column: "pages", .text).notNull().defaults(to: "4KiB")
                t.add(column: "numa", .text).notNull().defaults(to: "none")
            }
            try db.alter(table: "attachments") { t in
                t.add(column: "isReadOnly", .boolean).notNull().defaults(to: false)
            }
            try db.create(table: "owners") { t in
                t.primaryKey("owner", .integer)
                t.column("quota", .integer)
                t.column("groups", .integer)
            }
        }
        migrator.registerMigration("attachments by VM") { db in
            // Else each member that leaves is looked for among all attachments there are.
            try db.create(index: "attachments_on_vm", on: "attachments", columns: ["vm"])
        }
        migrator.registerMigration("pages") { db in
            try db.alter(table: "regions") { t in
                t.add(column: "pagesFallback", .boolean).notNull().defaults(to: false)
            }
        }
        migrator.registerMigration("pauses, restores, denials") { db in
            try db.create(table: "pauses") { t in
                t.primaryKey("vm", .text)
                t.column("groupName", .text).notNull().indexed()
            }
            try db.create(table: "restores") { t in
                t.primaryKey("regionID", .text).references("regions", onDelete: .cascade)
                t.column("snapshot", .text).notNull()
                t.column("bytes", .integer).notNull()
            }
            try db.create(table: "denials") { t in
                t.primaryKey("groupID", .text).references("groups", onDelete: .cascade)
                t.column("count", .integer).notNull()
            }
        }
        migrator.registerMigration("groups by owner") { db in
            // Else each group and region that is made looks for its owner's among all there are.
            try db.create(index: "groups_on_owner", on: "groups", columns: ["owner"])
        }
        migrator.registerMigration("v2.witness") { db in
            try db.alter(table: "regions") { t in t.add(column: "witness", .text) }
        }
        migrator.registerMigration("v3.doorbell") { db in
            try db.alter(table: "regions") { t in
                t.add(column: "vectors", .integer).notNull().defaults(to: 0)
            }
        }
        migrator.registerMigration("members that are processes") { db in
            try db.alter(table: "members") { t in t.add(column: "user", .integer) }
        }
        migrator.registerMigration("moves") { db in
            try db.alter(table: "regions") { t in
                t.add(column: "isMoving", .boolean).notNull().defaults(to: false)
            }
        }
        return migrator
    }
}
