// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
internal import AtollSystem

/// What the threads of an OpenMP program did with their time, from the records in its image: read by the
/// launcher when the program has ended, before the image goes with the job. Nothing in it is believed: a
/// wrong number is shown as such, and no place is used that was not checked.
public struct OpenMPReport: Sendable {
    /// A count, and nanoseconds.
    public struct Figure: Sendable, Equatable {
        public var count: UInt64 = 0
        public var nanoseconds: UInt64 = 0

        static func + (a: Figure, b: Figure) -> Figure {
            Figure(count: a.count &+ b.count, nanoseconds: a.nanoseconds &+ b.nanoseconds)
        }
    }

    public struct Thread: Sendable {
        public let rank: Int
        public let thread: Int
        public internal(set) var regions = Figure()
        public internal(set) var barriers = Figure()
        public internal(set) var locks = Figure()
        public internal(set) var loops = Figure()
        public internal(set) var others = Figure()

        /// In parallel regions and not waiting, nanoseconds.
        public var busy: UInt64 {
            // A worker's region ends before the barrier at its end.
            let waits =
                locks.nanoseconds &+ loops.nanoseconds
                &+ (rank == 0 && thread == 0 ? barriers.nanoseconds : 0)
            return regions.nanoseconds > waits ? regions.nanoseconds - waits : 0
        }
    }

    public let ranks: Int
    public let imageBytes: UInt64
    /// Of some of its pages, where larger than the usual ones; else 0.
    public let hugePageBytes: UInt32
    public private(set) var threads: [Thread] = []

    /// `nil` where the job has no such image.
    public init?(_ region: Region, job: UInt64) {
        let name = OpenMPMeeting.name("openmp.image", job)
        guard let object = region.findObject(name), object.bytes > OpenMPImage.heap else {
            return nil
        }
        let memory = region.memory
        let image = object.offset
        guard memory.load(word: image) == OpenMPImage.magic else { return nil }
        imageBytes = UInt64(object.bytes)
        hugePageBytes = memory.load32(image + OpenMPImage.atHugePage)
        ranks = min(Int(memory.load32(image + OpenMPImage.atRanks)), RegionLayout.memberSlots)
        for slot in 0..<OpenMPImage.mostThreads {
            let at = image + OpenMPImage.threads + slot * OpenMPImage.threadBytes
            let figure = { (index: Int) in
                let field = at + OpenMPImage.atFigures + 8 * index
                return Figure(
                    count: memory.load64(field), nanoseconds: memory.load64(field + 8))
            }
            let rank = Int(clamping: memory.load64(at + OpenMPImage.atThreadRank))
            var thread = Thread(rank: rank, thread: slot)
            thread.regions = figure(0)
            thread.barriers = figure(2)
            thread.locks = figure(4)
            thread.loops = figure(6)
            thread.others = figure(8)
            if thread.regions.count > 0, rank < ranks { threads.append(thread) }
        }
        threads.sort { ($0.rank, $0.thread) < ($1.rank, $1.thread) }
    }

    /// How much longer the busiest thread worked than all did on average, in percent.
    public var imbalance: UInt64 {
        let busy = threads.map { $0.busy / 1000 }
        let sum = busy.reduce(0) { $0 &+ $1 }
        guard let most = busy.max(), sum > 0 else { return 0 }
        let mean = max(sum / UInt64(busy.count), 1)
        return most > mean ? min((most - mean) &* 100 / mean, 100_000) : 0
    }
}
