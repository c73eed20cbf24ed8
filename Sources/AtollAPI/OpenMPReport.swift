// SPDX-License-Identifier: Apache-2.0

/// What the threads of a job's OpenMP program did with their time, and the memory that it took. Guests
/// write all of it: it is for people to look at, and no proof of anything.
public struct OpenMPReport: Codable, Sendable, Equatable {
    /// How often, and how long altogether.
    public struct Figure: Codable, Sendable, Equatable {
        public var count: UInt64
        public var nanoseconds: UInt64

        public init(count: UInt64, nanoseconds: UInt64) {
            self.count = count
            self.nanoseconds = nanoseconds
        }
    }

    /// A thread that took part in a parallel region.
    public struct Thread: Codable, Sendable, Equatable {
        public var vm: String
        /// Its number in the program; what OpenMP calls it depends on the region.
        public var thread: Int
        /// In parallel regions and not waiting.
        public var busyNanoseconds: UInt64
        /// Outermost parallel regions.
        public var regions: Figure
        /// Waits at barriers and ends of regions.
        public var barriers: Figure
        /// Waits for locks and critical regions.
        public var locks: Figure
        /// Waits of loops and other constructs that share work.
        public var loops: Figure
        public var others: Figure

        public init(
            vm: String, thread: Int, busyNanoseconds: UInt64, regions: Figure, barriers: Figure,
            locks: Figure, loops: Figure, others: Figure
        ) {
            self.vm = vm
            self.thread = thread
            self.busyNanoseconds = busyNanoseconds
            self.regions = regions
            self.barriers = barriers
            self.locks = locks
            self.loops = loops
            self.others = others
        }
    }

    /// Of the region, what the program had for its memory.
    public var imageBytes: UInt64
    /// The size of some of its pages, where that is more than usual; else 0.
    public var hugePageBytes: UInt64
    /// What its heap (blocks, stacks and variables) had taken of that when it ended; the most it ever had.
    public var heapBytes: UInt64
    public var heapMostBytes: UInt64
    /// How much longer the busiest thread worked than all did on average.
    public var imbalancePercent: UInt64
    /// By VM and number; none where no parallel region has run.
    public var threads: [Thread]

    public init(
        imageBytes: UInt64, hugePageBytes: UInt64 = 0, heapBytes: UInt64, heapMostBytes: UInt64,
        imbalancePercent: UInt64, threads: [Thread]
    ) {
        self.imageBytes = imageBytes
        self.hugePageBytes = hugePageBytes
        self.heapBytes = heapBytes
        self.heapMostBytes = heapMostBytes
        self.imbalancePercent = imbalancePercent
        self.threads = threads
    }
}
