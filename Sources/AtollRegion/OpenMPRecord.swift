// SPDX-License-Identifier: Apache-2.0

/// What the threads of an OpenMP program did with their time, and how much memory it took, from its image:
/// read by the launcher when the program has ended, before the image goes with the job. Nothing in it is
/// believed: a wrong number is shown as such, and no place is used that was not checked.
public struct OpenMPRecord: Sendable {
    /// A count, and nanoseconds.
    public struct Figure: Sendable, Equatable {
        public var count: UInt64 = 0
        public var nanoseconds: UInt64 = 0
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
    public let hugePageBytes: UInt64
    /// Of the image, what the heap has given out, and the most that it ever had: blocks, stacks, and
    /// the program's variables.
    public let heapBytes: UInt64
    public let heapMostBytes: UInt64
    public private(set) var threads: [Thread] = []

    init(_ memory: SharedMemory, at image: Int, bytes: Int) {
        let heap = { (field: Int) in
            min(memory.load64(image + field), UInt64(bytes) / OpenMPImage.heapPageBytes)
                * OpenMPImage.heapPageBytes
        }
        imageBytes = UInt64(bytes)
        hugePageBytes = UInt64(memory.load32(image + OpenMPImage.atHugePage))
        heapBytes = heap(OpenMPImage.atHeapTaken)
        heapMostBytes = heap(OpenMPImage.atHeapMostTaken)
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

extension Region {
    /// What the image of a job's OpenMP program says; `nil` where the job has none.
    public func openMP(job: UInt64) -> OpenMPRecord? {
        meter?.add(OpenMPImage.mostThreads * 96)
        return openMPImage(job: job).map { OpenMPRecord(memory, at: $0.offset, bytes: $0.bytes) }
    }

    /// Tells an OpenMP program that it has lost the process of this rank: all of it ends then, and the
    /// first of its processes that there still is says where it was. A program that is about to end by
    /// itself does that.
    public func loseOpenMP(rank: Int, job: UInt64) {
        guard let image = openMPImage(job: job) else { return }
        let sayer: UInt64 = rank == 0 ? 1 : 0
        _ = memory.compareExchange(
            0, OpenMPImage.wasLost | UInt64(rank) << 8 | sayer << 16,
            word: image.offset + OpenMPImage.atEnd)
    }

    /// The rank whose thread has got the signal that ended the program.
    func openMPRank(endedBy signal: UInt32, job: UInt64) -> Int {
        guard let image = openMPImage(job: job) else { return 0 }
        let word = memory.load64(image.offset + OpenMPImage.atEndSignal)
        return word & 0xff == UInt64(signal) ? Int(word >> 8 & 0xff) : 0
    }

    private func openMPImage(job: UInt64) -> ObjectRecord? {
        let isImage = { (object: ObjectRecord) in
            object.job == job && object.state == .ready && object.bytes > OpenMPImage.least
                && object.offset % 8 == 0
                && self.memory.load(word: object.offset) == OpenMPImage.magic
        }
        return findObject(OpenMPImage.name(job: job)).flatMap { isImage($0) ? $0 : nil }
    }
}
