// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem

/// What the starter writes into an image before any process of the program is there. Its layout is
/// `guest/CAtollOpenMP/include/atoll_image.h`'s, which a test compares with these numbers.
public enum OpenMPImage {
    static var base: UInt64 { UInt64(ImageWords.base) }
    static var magic: UInt64 { 0x6567_616d_696c_6c6f }
    static var version: UInt32 { 1 }
    static var mostThreads: Int { 1024 }
    static var ranks: Int { 0x1000 }
    static var rankBytes: Int { 256 }
    static var threads: Int { 0x10000 }
    static var threadBytes: Int { 1024 }
    static var atThreadRank: Int { 776 }
    static var atFigures: Int { 896 }
    static var pool: Int { 0x110000 }
    static var heap: Int { 0x200000 }

    // Header.
    static var atRanks: Int { 12 }
    static var atBytes: Int { 16 }
    static var atThreads: Int { 24 }
    static var atSlots: Int { 28 }
    static var atPool: Int { 32 }
    static var atPoolBytes: Int { 40 }
    static var atHeap: Int { 48 }
    static var atHeapBytes: Int { 56 }
    static var atFlags: Int { 64 }
    static var atHugePage: Int { 68 }
    static var atJob: Int { 72 }
    static var atLease: Int { 80 }
    static var isLocal: UInt32 { 1 }
    static var isReported: UInt32 { 2 }
    // A rank's record.
    static var atSlot: Int { 32 }
    static var atRankThreads: Int { 36 }
    static var atIncarnation: Int { 40 }
    static var atName: Int { 128 }
    static var nameBytes: Int { 64 }

    /// Bytes of the heap's records, or more: what has to be zero of it.
    static func records(heapBytes: Int) -> Int { heapBytes / 48 + (1 << 20) }

    /// Writes the header and each rank's record, in an extent whose control area and heap records are
    /// zero.
    static func write(
        _ environment: TeamEnvironment, to memory: SharedMemory, at image: Int, bytes: Int,
        members: [(slot: Int, incarnation: UInt64, name: [UInt8])], lease: UInt64, flags: UInt32
    ) {
        for (rank, member) in members.enumerated() {
            let at = image + ranks + rank * rankBytes
            memory.store32(UInt32(member.slot), at: at + atSlot)
            memory.store32(UInt32(environment.threadsPerVM), at: at + atRankThreads)
            memory.store64(member.incarnation, at: at + atIncarnation)
            memory.write(Array(member.name.prefix(nameBytes - 1)), at: at + atName)
        }
        memory.store32(version, at: image + 8)
        memory.store32(UInt32(members.count), at: image + atRanks)
        memory.store64(UInt64(bytes), at: image + atBytes)
        memory.store32(UInt32(environment.threadsPerVM), at: image + atThreads)
        memory.store32(UInt32(mostThreads), at: image + atSlots)
        memory.store64(UInt64(pool), at: image + atPool)
        memory.store64(UInt64(heap - pool), at: image + atPoolBytes)
        memory.store64(UInt64(heap), at: image + atHeap)
        memory.store64(UInt64(bytes - heap), at: image + atHeapBytes)
        memory.store32(flags, at: image + atFlags)
        memory.store64(environment.job, at: image + atJob)
        memory.store64(lease, at: image + atLease)
        memory.store(magic, word: image)
    }
}
