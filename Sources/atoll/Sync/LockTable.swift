// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// Who holds and who waits, for people.
enum LockTable {
    static func lines(_ report: SyncReport) -> [String] {
        guard !report.objects.isEmpty || !report.teams.isEmpty else {
            return ["group \(report.group.printable) has no named objects"]
        }
        return objects(report.objects) + waiting(report) + stuck(report.teams)
    }

    private static func objects(_ objects: [SyncObject]) -> [String] {
        guard !objects.isEmpty else { return [] }
        var table = Table(
            "REGION", "OBJECT", "KIND", "HOLDER", ">WAITERS", ">TAKEN", ">CONTENDED", ">DEATHS")
        for object in objects {
            table.add(
                object.region, object.name, object.kind, holder(object), "\(object.waiters)",
                "\(object.acquisitions)", "\(object.contended)", "\(object.deaths)")
        }
        return table.lines
    }

    private static func holder(_ object: SyncObject) -> String {
        let holder = object.holder.map(\.title) ?? "-"
        return object.poisoned ? holder + " (poisoned)" : holder
    }

    private static func waiting(_ report: SyncReport) -> [String] {
        var table = Table("WAITING", "FOR", "SINCE")
        for team in report.teams {
            for thread in team.waiting {
                table.add(
                    thread.title, thread.waitsFor ?? "-",
                    thread.waited.map { Span.text(nanoseconds: $0) } ?? "-")
            }
        }
        return table.isEmpty ? [] : [""] + table.lines
    }

    /// A sentence for each team whose barrier some threads do not come to.
    static func stuck(_ teams: [TeamState]) -> [String] {
        let sentences = teams.filter(\.stuck).map(\.stuckSentence)
        return sentences.isEmpty ? [] : [""] + sentences.map(\.printable)
    }
}
