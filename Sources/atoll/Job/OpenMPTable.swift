// SPDX-License-Identifier: Apache-2.0
import AtollAPI

/// What an OpenMP program's threads did, when it is over.
enum OpenMPTable {
    static func lines(_ report: OpenMPReport) -> [String] {
        guard !report.threads.isEmpty else { return ["report: no parallel region has run"] }
        var table = Table(
            "VM", ">THREAD", ">REGIONS", ">IN REGIONS", ">BUSY", ">AT BARRIERS", ">FOR LOCKS",
            ">IN LOOPS")
        for thread in report.threads {
            table.add(
                thread.vm, "\(thread.thread)", "\(thread.regions.count)",
                Span.text(nanoseconds: thread.regions.nanoseconds),
                Span.text(nanoseconds: thread.busyNanoseconds),
                Span.text(nanoseconds: thread.barriers.nanoseconds),
                Span.text(nanoseconds: thread.locks.nanoseconds),
                Span.text(nanoseconds: thread.loops.nanoseconds))
        }
        let pages =
            report.hugePageBytes > 0
            ? ", in pages of \(size(report.hugePageBytes)) where it could," : ""
        return table.lines + [
            "report: the busiest thread worked \(report.imbalancePercent)% longer than the average",
            "report: of \(size(report.imageBytes)) of the region\(pages) the heap took "
                + "\(size(report.heapMostBytes)) at most, \(size(report.heapBytes)) at the end",
        ]
    }

    private static func size(_ bytes: UInt64) -> String {
        bytes < 2 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB"
    }
}
