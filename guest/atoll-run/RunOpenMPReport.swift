// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollRegion
internal import AtollSystem

/// The report of an OpenMP program, as a table or as one line of JSON.
struct RunOpenMPReport {
    private let report: OpenMPRecord
    private let names: [[UInt8]]

    init(_ report: OpenMPRecord, names: [[UInt8]]) {
        self.report = report
        self.names = names
    }

    private func name(_ rank: Int) -> [UInt8] { rank < names.count ? names[rank] : "?".bytes }

    var lines: [Message] {
        guard !report.threads.isEmpty else { return ["report: no parallel region has run"] }
        var rows: [[[UInt8]]] = [
            [
                "VM", "THREAD", "REGIONS", "IN REGIONS", "BUSY", "AT BARRIERS", "FOR LOCKS",
                "IN LOOPS",
            ].map { $0.bytes }
        ]
        for thread in report.threads {
            rows.append([
                name(thread.rank), Message.decimal(thread.thread),
                Message.decimal(Int(clamping: thread.regions.count)),
                RunReport.time(thread.regions.nanoseconds), RunReport.time(thread.busy),
                RunReport.time(thread.barriers.nanoseconds),
                RunReport.time(thread.locks.nanoseconds),
                RunReport.time(thread.loops.nanoseconds),
            ])
        }
        let pages: Message =
            report.hugePageBytes > 0
            ? ", in pages of \(Self.size(report.hugePageBytes)) where it could," : ""
        return RunReport.table(rows) + [
            "report: the busiest thread worked \(report.imbalance)% longer than the average",
            "report: of \(Self.size(report.imageBytes)) of the region\(pages) the heap took \(Self.size(report.heapMostBytes)) at most, \(Self.size(report.heapBytes)) at the end",
        ]
    }

    private static func size(_ bytes: UInt64) -> Message {
        bytes < 2 << 20 ? "\(Int(bytes >> 10)) KiB" : "\(Int(bytes >> 20)) MiB"
    }

    var json: Message {
        var text: Message =
            "{\"imageBytes\":\(report.imageBytes),\"hugePageBytes\":\(report.hugePageBytes),\"heapBytes\":\(report.heapBytes),\"heapMostBytes\":\(report.heapMostBytes),\"imbalancePercent\":\(report.imbalance),\"threads\":["
        for (index, thread) in report.threads.enumerated() {
            let comma: Message = index > 0 ? "," : ""
            text =
                "\(text)\(comma){\"vm\":\"\(Self.quoted(name(thread.rank)))\",\"thread\":\(thread.thread),\"busyNanoseconds\":\(thread.busy)"
            for (key, figure) in [
                ("regions", thread.regions), ("barriers", thread.barriers),
                ("locks", thread.locks), ("loops", thread.loops), ("others", thread.others),
            ] {
                text =
                    "\(text),\"\(key)\":{\"count\":\(figure.count),\"nanoseconds\":\(figure.nanoseconds)}"
            }
            text = "\(text)}"
        }
        return "\(text)]}"
    }

    private static func quoted(_ text: [UInt8]) -> Message {
        Message(
            bytes: Message.printable(text).flatMap { $0 == 0x22 || $0 == 0x5c ? [0x5c, $0] : [$0] })
    }
}
