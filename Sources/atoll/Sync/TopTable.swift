// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// Objects by how much they are waited for: since the last look, or since they were made where there
/// is none.
struct TopTable {
    private struct Key: Hashable { var group, region, name: String }

    private struct Row {
        var group: String
        var object: SyncObject
        /// Since the last look.
        var taken, contended, waited: UInt64
    }

    /// How many objects to show.
    private let rows: Int
    private var last: [Key: SyncObject] = [:]

    init(rows: Int) { self.rows = rows }

    /// The lines for these reports, which become the last look.
    mutating func lines(_ reports: [SyncReport], seconds: Double?) -> [String] {
        let rows = reports.flatMap { report in
            report.objects.map { row(report.group, $0, since: seconds == nil ? nil : last) }
        }
        last = [:]
        for report in reports {
            for object in report.objects {
                last[Key(group: report.group, region: object.region, name: object.name)] = object
            }
        }
        return head(reports) + objects(rows, seconds) + teams(reports)
    }

    /// What a job's objects were used for, when it is over.
    static func report(_ objects: [SyncObject]) -> [String] {
        guard !objects.isEmpty else { return ["report: the job has no named locks"] }
        var table = Table(
            "OBJECT", "KIND", ">TAKEN", ">CONTENDED", ">WAITED", ">P50", ">P99", ">DEATHS", "HOLDER"
        )
        for object in objects.sorted(by: { $0.waited > $1.waited }) {
            table.add(
                object.name, object.kind, "\(object.acquisitions)", "\(object.contended)",
                Span.text(nanoseconds: object.waited), Span.text(microseconds: object.waitMedian),
                Span.text(microseconds: object.wait99), "\(object.deaths)",
                object.holder?.title ?? "-")
        }
        return table.lines
    }

    private func row(_ group: String, _ object: SyncObject, since last: [Key: SyncObject]?) -> Row {
        let old = last?[Key(group: group, region: object.region, name: object.name)]
        // An object of the same name may be a new one, with smaller figures: then all of it is new.
        func more(_ figure: KeyPath<SyncObject, UInt64>) -> UInt64 {
            let (now, before) = (object[keyPath: figure], old?[keyPath: figure] ?? 0)
            return now >= before ? now - before : now
        }
        return Row(
            group: group, object: object, taken: more(\.acquisitions), contended: more(\.contended),
            waited: more(\.waited))
    }

    private func head(_ reports: [SyncReport]) -> [String] {
        let teams = reports.flatMap(\.teams)
        let threads = teams.reduce(0) { $0 + $1.threads }
        let waiting = teams.reduce(0) { $0 + $1.waiting.count }
        let objects = reports.reduce(0) { $0 + $1.objects.count }
        return [
            "\(objects) objects, \(teams.count) teams, \(threads) threads, of which \(waiting) wait",
            "",
        ]
    }

    private func objects(_ rows: [Row], _ seconds: Double?) -> [String] {
        guard !rows.isEmpty else { return [] }
        var table = Table(
            "GROUP", "REGION", "OBJECT", "KIND", seconds == nil ? ">TAKEN" : ">TAKEN/S",
            seconds == nil ? ">CONTENDED" : ">CONTENDED/S",
            seconds == nil ? ">WAITED" : ">WAITED/S",
            ">P50", ">P99", ">WAITERS", "HOLDER")
        let span = max(seconds ?? 1, 0.001)
        // Guests write the counts: any number may come.
        func rate(_ count: UInt64) -> UInt64 {
            UInt64(exactly: (Double(count) / span).rounded()) ?? .max
        }
        let byWait = rows.sorted {
            ($0.waited, $0.contended, $0.taken, $1.object.name)
                > ($1.waited, $1.contended, $1.taken, $0.object.name)
        }
        for row in byWait.prefix(self.rows) {
            table.add(
                row.group, row.object.region, row.object.name, row.object.kind,
                "\(rate(row.taken))", "\(rate(row.contended))",
                Span.text(nanoseconds: rate(row.waited)),
                Span.text(microseconds: row.object.waitMedian),
                Span.text(microseconds: row.object.wait99), "\(row.object.waiters)",
                row.object.holder.map(\.title) ?? "-")
        }
        return table.lines
    }

    private func teams(_ reports: [SyncReport]) -> [String] {
        var table = Table(
            "GROUP", "REGION", "TEAM", ">VMS", ">THREADS", ">WAIT", ">AT BARRIER", "NOT COME")
        for report in reports {
            for team in report.teams {
                table.add(
                    report.group, team.region, team.name, "\(team.vms)",
                    "\(team.threads)", "\(team.waiting.count)", "\(team.arrived)",
                    team.missing.isEmpty
                        ? "-"
                        : team.missing.prefix(4).map(\.title).joined(separator: ", ")
                            + (team.missingCount > 4 ? ", ..." : ""))
            }
        }
        guard !table.isEmpty else { return [] }
        return [""] + table.lines + LockTable.stuck(reports.flatMap(\.teams))
    }
}
