// SPDX-License-Identifier: Apache-2.0

/// Where things lie in the image of an OpenMP program: what the starter writes before any process of the
/// program is there, and what launchers look at. The layout is
/// `guest/CAtollOpenMP/include/atoll_image.h`'s, which a test compares with these numbers.
public enum OpenMPImage {
    public static var base: UInt64 { UInt64(ImageWords.base) }
    public static var magic: UInt64 { 0x6567_616d_696c_6c6f }
    public static var version: UInt32 { 1 }
    public static var mostThreads: Int { 1024 }
    public static var ranks: Int { 0x1000 }
    public static var rankBytes: Int { 256 }
    public static var threads: Int { 0x10000 }
    public static var threadBytes: Int { 1024 }
    public static var atThreadRank: Int { 776 }
    public static var atFigures: Int { 896 }
    public static var pool: Int { 0x110000 }
    public static var heap: Int { 0x200000 }

    // Header.
    public static var atRanks: Int { 12 }
    public static var atBytes: Int { 16 }
    public static var atThreads: Int { 24 }
    public static var atSlots: Int { 28 }
    public static var atPool: Int { 32 }
    public static var atPoolBytes: Int { 40 }
    public static var atHeap: Int { 48 }
    public static var atHeapBytes: Int { 56 }
    public static var atFlags: Int { 64 }
    public static var atHugePage: Int { 68 }
    public static var atJob: Int { 72 }
    public static var atLease: Int { 80 }
    public static var isLocal: UInt32 { 1 }
    public static var isReported: UInt32 { 2 }

    /// How the program ends: the lowest byte says in which way, the others more of it.
    public static var atEnd: Int { 144 }
    /// One more is the number of the rank that was lost, the next that of the rank that says so.
    public static var wasLost: UInt64 { 6 }

    /// The signal that a thread of another rank than 0 has got and the program is to die of, then the rank.
    public static var atEndSignal: Int { 3664 }

    // The heap: of its pages, how many are taken, and the most that ever were.
    public static var atHeapTaken: Int { heap + 608 }
    public static var atHeapMostTaken: Int { heap + 616 }
    public static var heapPageBytes: UInt64 { 64 << 10 }
    /// An image has these bytes at least.
    public static var least: Int { heap + 4096 }

    // A rank's record.
    public static var atSlot: Int { 32 }
    public static var atRankThreads: Int { 36 }
    public static var atIncarnation: Int { 40 }
    public static var atName: Int { 128 }
    public static var nameBytes: Int { 64 }

    /// Of the object in the region's directory.
    public static func name(job: UInt64) -> [UInt8] {
        Array("job.".utf8) + JobPayload.decimal(Int(clamping: job)) + Array(".openmp.image".utf8)
    }
}
