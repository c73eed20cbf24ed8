// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSystem

extension OpenMPImage {
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
