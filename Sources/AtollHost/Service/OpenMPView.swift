// SPDX-License-Identifier: Apache-2.0
import AtollAPI
import AtollRegion

extension OpenMPReport {
    /// A program's image in the words of the API.
    init(_ record: OpenMPRecord, vms: [String]) {
        func figure(_ figure: OpenMPRecord.Figure) -> Figure {
            Figure(count: figure.count, nanoseconds: figure.nanoseconds)
        }
        self.init(
            imageBytes: record.imageBytes, hugePageBytes: record.hugePageBytes,
            heapBytes: record.heapBytes, heapMostBytes: record.heapMostBytes,
            imbalancePercent: record.imbalance,
            threads: record.threads.map { thread in
                Thread(
                    vm: thread.rank < vms.count ? vms[thread.rank] : "rank \(thread.rank)",
                    thread: thread.thread, busyNanoseconds: thread.busy,
                    regions: figure(thread.regions), barriers: figure(thread.barriers),
                    locks: figure(thread.locks), loops: figure(thread.loops),
                    others: figure(thread.others))
            })
    }
}
