// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// The fields that follow from a region's size: written once by its maker, checked by all others.
struct HeaderFields {
    private typealias H = MemoryLayout<atoll_header>

    private let fields32: [(RegionField, Int, UInt32)]
    private let fields64: [(RegionField, Int, UInt64)]
    private let bytes: UInt64

    init(_ layout: RegionLayout) {
        bytes = UInt64(layout.bytes)
        fields32 = [
            (.headerBytes, ATOLL_AT_HEADER_HEADER_BYTES, UInt32(H.size)),
            (.jobSlots, ATOLL_AT_HEADER_JOB_SLOTS, UInt32(layout.jobSlots)),
            (.jobPayload, ATOLL_AT_HEADER_JOB_PAYLOAD_BYTES, UInt32(layout.jobPayload)),
            (.rings, ATOLL_AT_HEADER_RINGS, UInt32(layout.rings)),
            (.ringBytes, ATOLL_AT_HEADER_RING_BYTES, UInt32(layout.ringBytes)),
        ]
        fields64 = [
            (.membersOffset, ATOLL_AT_HEADER_MEMBERS_OFFSET, UInt64(layout.members)),
            (.directoryOffset, ATOLL_AT_HEADER_DIRECTORY_OFFSET, UInt64(layout.directory)),
            (.jobsOffset, ATOLL_AT_HEADER_JOBS_OFFSET, UInt64(layout.jobs)),
            (.ringsOffset, ATOLL_AT_HEADER_RINGS_OFFSET, UInt64(layout.ringsStart)),
            (.arenaOffset, ATOLL_AT_HEADER_ARENA_OFFSET, UInt64(layout.arena)),
            (.arenaBytes, ATOLL_AT_HEADER_ARENA_BYTES, UInt64(layout.arenaBytes)),
        ]
    }

    func write(to memory: SharedMemory, _ identity: RegionIdentity) {
        memory.store64(ATOLL_ABI_MAGIC, at: ATOLL_AT_HEADER_MAGIC)
        memory.store32(ATOLL_ABI_VERSION, at: ATOLL_AT_HEADER_VERSION)
        memory.store64(bytes, at: ATOLL_AT_HEADER_REGION_BYTES)
        for (_, offset, value) in fields32 { memory.store32(value, at: offset) }
        for (_, offset, value) in fields64 { memory.store64(value, at: offset) }
        memory.write(identity.region.bytes, at: ATOLL_AT_HEADER_REGION_UUID)
        memory.write(identity.group.bytes, at: ATOLL_AT_HEADER_GROUP_UUID)
        memory.writeName(
            identity.groupName, at: ATOLL_AT_HEADER_GROUP_NAME, field: Int(ATOLL_OBJECT_NAME_BYTES))
        memory.writeName(
            identity.regionName, at: ATOLL_AT_HEADER_REGION_NAME,
            field: Int(ATOLL_OBJECT_NAME_BYTES))
    }

    static func check(_ memory: SharedMemory) throws(RegionError) -> RegionLayout {
        let layout = try checkKind(memory, bytes: UInt64(memory.count))
        let expected = HeaderFields(layout)
        for (field, offset, value) in expected.fields32 where memory.load32(offset) != value {
            throw .inconsistent(field)
        }
        for (field, offset, value) in expected.fields64 where memory.load64(offset) != value {
            throw .inconsistent(field)
        }
        return layout
    }

    /// Checks what tells a region from other memory, and its size; the first page is enough.
    @discardableResult
    static func checkKind(_ memory: SharedMemory, bytes: UInt64) throws(RegionError) -> RegionLayout
    {
        let magic = memory.load64(ATOLL_AT_HEADER_MAGIC)
        guard magic == ATOLL_ABI_MAGIC else { throw .noRegion(magic: magic) }
        let version = memory.load32(ATOLL_AT_HEADER_VERSION)
        guard version == ATOLL_ABI_VERSION else {
            throw .versionMismatch(found: version, expected: ATOLL_ABI_VERSION)
        }
        let found = memory.load64(ATOLL_AT_HEADER_REGION_BYTES)
        guard found == bytes else { throw .sizeMismatch(header: found, device: bytes) }
        return try RegionLayout(bytes: bytes)
    }

    static func identity(_ memory: SharedMemory) -> RegionIdentity {
        RegionIdentity(
            region: UUID128(bytes: memory.copy(at: ATOLL_AT_HEADER_REGION_UUID, count: 16)),
            group: UUID128(bytes: memory.copy(at: ATOLL_AT_HEADER_GROUP_UUID, count: 16)),
            regionName: memory.loadName(
                at: ATOLL_AT_HEADER_REGION_NAME, field: Int(ATOLL_OBJECT_NAME_BYTES)),
            groupName: memory.loadName(
                at: ATOLL_AT_HEADER_GROUP_NAME, field: Int(ATOLL_OBJECT_NAME_BYTES)))
    }
}

extension SharedMemory {
    /// Writes a name and zeros up to the field's end; a longer one is cut so that a NUL remains.
    func writeName(_ name: [UInt8], at offset: Int, field: Int) {
        var bytes = Array(name.prefix(field - 1))
        while bytes.count < field { bytes.append(0) }
        write(bytes, at: offset)
    }

    /// A name up to its NUL, or the whole field where a rogue left none.
    func loadName(at offset: Int, field: Int) -> [UInt8] {
        Array(copy(at: offset, count: field).prefix { $0 != 0 })
    }
}
