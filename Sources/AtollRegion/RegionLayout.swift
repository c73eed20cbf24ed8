// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// Where everything in a region of one size lies. It follows from the size alone, so that neither
/// side needs to believe an offset that the other could have written.
public struct RegionLayout: Sendable, Equatable {
    public let bytes: Int
    public let jobSlots: Int
    /// Bytes of a job's strings.
    public let jobPayload: Int
    public let rings: Int
    /// Data bytes of one ring; a power of two.
    public let ringBytes: Int

    /// Named objects that there can be; a power of two.
    public let directoryEntries: Int

    public let members: Int
    public let directory: Int
    public let jobs: Int
    public let ringsStart: Int
    public let arena: Int

    /// Of the layout: the header's.
    public static var version: UInt32 { ATOLL_ABI_VERSION }
    public static var minimumBytes: UInt64 { ATOLL_MIN_REGION_SIZE }
    public static var maximumBytes: UInt64 { ATOLL_MAX_REGION_SIZE }
    public static var memberSlots: Int { Int(ATOLL_MEMBER_SLOTS) }

    /// Throws ``RegionError/badSize(bytes:)`` for a size that is no power of two, under 1 MiB or over
    /// 1 TiB: QEMU aborts a running VM on a BAR of such a size.
    public init(bytes: UInt64) throws(RegionError) {
        guard bytes >= ATOLL_MIN_REGION_SIZE, bytes <= ATOLL_MAX_REGION_SIZE,
            bytes & (bytes - 1) == 0
        else { throw .badSize(bytes: bytes) }
        self.bytes = Int(bytes)
        // A small region spends a fifth of itself on jobs and their output, others a few MiB.
        let small = bytes < 16 << 20
        jobSlots = small ? 4 : 16
        jobPayload = small ? 8 << 10 : 64 << 10
        rings = small ? 16 : 128
        ringBytes = small ? 4 << 10 : 32 << 10
        directoryEntries = Int(small ? ATOLL_DIRECTORY_ENTRIES : ATOLL_DIRECTORY_ENTRIES_LARGE)

        members = Int(ATOLL_PAGE)
        directory = members + Self.memberSlots * MemoryLayout<atoll_member>.size
        jobs = directory + directoryEntries * MemoryLayout<atoll_object>.size
        ringsStart = jobs + jobSlots * (MemoryLayout<atoll_job>.size + jobPayload)
        let end = ringsStart + rings * (MemoryLayout<atoll_ring>.size + ringBytes)
        let page = Int(ATOLL_PAGE)
        arena = (end + page - 1) / page * page
    }

    public var arenaBytes: Int { bytes - arena }

    func member(_ slot: Int) -> Int {
        precondition(slot >= 0 && slot < Self.memberSlots)
        return members + slot * MemoryLayout<atoll_member>.size
    }

    func object(_ index: Int) -> Int {
        precondition(index >= 0 && index < directoryEntries)
        return directory + index * MemoryLayout<atoll_object>.size
    }

    func job(_ index: Int) -> Int {
        precondition(index >= 0 && index < jobSlots)
        return jobs + index * (MemoryLayout<atoll_job>.size + jobPayload)
    }

    func part(_ job: Int, _ rank: Int) -> Int {
        precondition(rank >= 0 && rank < Self.memberSlots)
        return self.job(job) + 4 * Int(ATOLL_LINE) + rank * MemoryLayout<atoll_job_part>.size
    }

    func payload(_ job: Int) -> Int { self.job(job) + MemoryLayout<atoll_job>.size }

    func ring(_ index: Int) -> Int {
        precondition(index >= 0 && index < rings)
        return ringsStart + index * (MemoryLayout<atoll_ring>.size + ringBytes)
    }

    /// Whether an extent that came from the region lies in its arena.
    public func arenaContains(offset: UInt64, bytes: UInt64) -> Bool {
        offset >= UInt64(arena) && bytes <= UInt64(arenaBytes)
            && offset <= UInt64(self.bytes) - bytes
    }
}
