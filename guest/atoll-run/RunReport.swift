// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// The table of a job's named objects, for who wants to know what its threads waited for.
struct RunReport {
    private let region: Region
    private let job: UInt64

    init(_ region: Region, job: UInt64) {
        self.region = region
        self.job = job
    }

    /// The table's lines, the object that was waited for most first. To be read before the objects go
    /// with the job.
    var lines: [Message] {
        var records = region.objects.filter { $0.job == job }.compactMap { region.sync($0) }
        guard !records.isEmpty else { return ["report: the job has no named locks"] }
        records.sort {
            Self.weight($0.figures) > Self.weight($1.figures)
        }
        let header: [[UInt8]] = [
            "OBJECT".bytes, "KIND".bytes, "TAKEN".bytes, "CONTENDED".bytes, "WAITED".bytes,
            "P50".bytes,
            "P99".bytes, "DEATHS".bytes, "HOLDER".bytes,
        ]
        let rows = [header] + records.map(cells)
        return Self.table(rows)
    }

    private static func weight(_ figures: SyncFigures) -> (UInt64, UInt64, UInt64) {
        (figures.waitNanoseconds, figures.contended, figures.acquisitions)
    }

    private func cells(_ record: SyncRecord) -> [[UInt8]] {
        let figures = record.figures
        return [
            Message.printable(Self.shortName(record.object.name, job: job)),
            Self.text(record.kind.name),
            Self.number(figures.acquisitions), Self.number(figures.contended),
            Self.time(figures.waitNanoseconds), Self.bound(figures.wait(percent: 50)),
            Self.bound(figures.wait(percent: 99)), Self.number(figures.deaths), holder(record),
        ]
    }

    private func holder(_ record: SyncRecord) -> [UInt8] {
        guard let owner = record.holder else { return "-".bytes }
        let known = owner.slot < RegionLayout.memberSlots
        let name = known ? region.member(owner.slot).name : []
        let poisoned: Message = record.isPoisoned ? " (poisoned)" : ""
        let text: Message = "\(name) thread \(owner.thread)\(poisoned)"
        return text.bytes
    }

    /// All objects of a job have its number before their name: here it says nothing.
    private static func shortName(_ name: [UInt8], job: UInt64) -> [UInt8] {
        let prefix: Message = "job.\(job)."
        return name.starts(with: prefix.bytes) ? Array(name.dropFirst(prefix.bytes.count)) : name
    }

    // MARK: Text

    private static func text(_ text: StaticString) -> [UInt8] {
        var result = Text()
        result.add(text)
        return result.bytes
    }

    private static func number(_ value: UInt64) -> [UInt8] {
        Message.decimal(Int(clamping: value))
    }

    /// Of a power of two that a wait was shorter than.
    private static func bound(_ microseconds: UInt64?) -> [UInt8] {
        guard let microseconds else { return "-".bytes }
        return "<".bytes + time(microseconds.multipliedReportingOverflow(by: 1000).partialValue)
    }

    static func time(_ nanoseconds: UInt64) -> [UInt8] {
        let (unit, name): (UInt64, Message) =
            switch nanoseconds {
            case 0..<1000: (1, "ns")
            case 1000..<1_000_000: (1000, "us")
            case 1_000_000..<1_000_000_000: (1_000_000, "ms")
            default: (1_000_000_000, "s")
            }
        let whole = nanoseconds / unit
        let text: Message =
            unit > 1 && whole < 10
            ? "\(whole).\(nanoseconds % unit * 10 / unit)\(name)" : "\(whole)\(name)"
        return text.bytes
    }

    /// The first two columns and the last to the left, figures to the right.
    static func table(_ rows: [[[UInt8]]]) -> [Message] {
        let columns = rows[0].count
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line: [UInt8] = []
            for column in 0..<columns {
                let padding = [UInt8](repeating: 0x20, count: widths[column] - row[column].count)
                if column > 0 { line += "  ".bytes }
                let isText = column < 2 || column == columns - 1
                line += isText ? row[column] + padding : padding + row[column]
            }
            while line.last == 0x20 { line.removeLast() }
            return Message(bytes: line)
        }
    }
}
