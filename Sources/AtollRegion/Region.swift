// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// What a region is called and whose it is.
public struct RegionIdentity: Sendable, Equatable {
    public var region: UUID128
    public var group: UUID128
    /// UTF-8, at most 63 bytes.
    public var regionName: [UInt8]
    public var groupName: [UInt8]

    public init(region: UUID128, group: UUID128, regionName: [UInt8], groupName: [UInt8]) {
        self.region = region
        self.group = group
        self.regionName = regionName
        self.groupName = groupName
    }
}

/// A region: shared memory whose bytes follow `atoll_abi.h`.
///
/// Can a rogue member break it? It can write anything anywhere, so it can break its own group's jobs
/// and data. It cannot make another party read or write out of bounds, since every offset follows
/// from the size (``RegionLayout``) or is checked against it.
public final class Region: Sendable {
    public let memory: SharedMemory
    public let layout: RegionLayout
    public let identity: RegionIdentity
    /// Of the host: what it reads.
    public let meter: ReadMeter?

    init(
        memory: SharedMemory, layout: RegionLayout, identity: RegionIdentity,
        meter: ReadMeter? = nil
    ) {
        self.memory = memory
        self.layout = layout
        self.identity = identity
        self.meter = meter
    }

    /// The same region as another object, for one thread: see ``SharedMemory/init(sharing:)``.
    public init(sharing other: Region) {
        memory = SharedMemory(sharing: other.memory)
        layout = other.layout
        identity = other.identity
        meter = other.meter
    }

    /// Makes a region of zeroed memory; publishes it last. The host's part.
    public static func format(
        _ memory: SharedMemory, _ identity: RegionIdentity, meter: ReadMeter? = nil
    )
        throws(RegionError) -> Region
    {
        let layout = try RegionLayout(bytes: UInt64(memory.count))
        let header = HeaderFields(layout)
        header.write(to: memory, identity)
        // As everybody else will read it: with names that were cut to their fields.
        let region = Region(
            memory: memory, layout: layout, identity: HeaderFields.identity(memory), meter: meter)
        memory.store(1, word: Self.epochOffset)
        memory.store(UInt64(ATOLL_REGION_READY), word: Self.stateOffset)
        return region
    }

    /// Takes memory that somebody else formatted, after checking that it is a region of this version
    /// and size. `draining: true` takes one that is about to go, too.
    public static func open(
        _ memory: SharedMemory, evenDraining: Bool = false, meter: ReadMeter? = nil
    )
        throws(RegionError) -> Region
    {
        guard memory.count >= Int(ATOLL_PAGE) else { throw .badSize(bytes: UInt64(memory.count)) }
        try checkState(memory, evenDraining: evenDraining)
        let layout = try HeaderFields.check(memory)
        return Region(
            memory: memory, layout: layout, identity: HeaderFields.identity(memory), meter: meter)
    }

    /// Takes memory that the host knows to be this region, by another witness than its bytes, which
    /// guests may have ruined: believes nothing of the header, and writes what should stand there where
    /// it does not. The host's part.
    ///
    /// - Returns: also whether anything had to be written.
    public static func adopt(
        _ memory: SharedMemory, _ identity: RegionIdentity, meter: ReadMeter? = nil
    ) throws(RegionError) -> (region: Region, wasRuined: Bool) {
        let layout = try RegionLayout(bytes: UInt64(memory.count))
        let region = Region(memory: memory, layout: layout, identity: identity, meter: meter)
        let isWhole =
            (try? open(memory, evenDraining: true)).map { $0.identity == identity } ?? false
        if !isWhole {
            HeaderFields(layout).write(to: memory, identity)
            if region.state == .absent { region.setDraining(false) }
        }
        return (region, !isWhole)
    }

    /// Looks whether the first page of `bytes` bytes of memory is a ready region's, before a guest maps
    /// the rest. ``open(_:evenDraining:)`` checks all of it.
    public static func probe(_ page: SharedMemory, bytes: UInt64) throws(RegionError) {
        guard page.count >= Int(ATOLL_PAGE) else { throw .badSize(bytes: UInt64(page.count)) }
        try checkState(page, evenDraining: false)
        try HeaderFields.checkKind(page, bytes: bytes)
    }

    /// The layout's version and the region's UUID, of whatever version: they have the same place in all.
    /// `nil`: the memory is no region's.
    public static func stamp(of memory: SharedMemory) -> (version: UInt32, region: UUID128)? {
        guard memory.count >= Int(ATOLL_PAGE),
            memory.load64(ATOLL_AT_HEADER_MAGIC) == ATOLL_ABI_MAGIC
        else { return nil }
        return (memory.load32(ATOLL_AT_HEADER_VERSION), HeaderFields.identity(memory).region)
    }

    private static func checkState(_ memory: SharedMemory, evenDraining: Bool) throws(RegionError) {
        switch memory.load(word: stateOffset) {
        case UInt64(ATOLL_REGION_READY): return
        case UInt64(ATOLL_REGION_DRAINING): if !evenDraining { throw .draining }
        default:
            // What is being made has our magic, or still none. Anything else is another use of the
            // same kind of device: nobody will ever publish it.
            let magic = memory.load64(ATOLL_AT_HEADER_MAGIC)
            throw magic == 0 || magic == ATOLL_ABI_MAGIC ? .notReady : .noRegion(magic: magic)
        }
    }

    /// Says that the region is this one, where it said it were another; the host's part.
    public func identify(as region: UUID128) {
        memory.write(region.bytes, at: ATOLL_AT_HEADER_REGION_UUID)
    }

    // MARK: Words of the header

    static var stateOffset: Int { ATOLL_AT_HEADER_STATE }
    static var epochOffset: Int { ATOLL_AT_HEADER_EPOCH }

    public enum State: Sendable { case absent, ready, draining }

    public var state: State {
        switch memory.load(word: Self.stateOffset) {
        case UInt64(ATOLL_REGION_READY): .ready
        case UInt64(ATOLL_REGION_DRAINING): .draining
        default: .absent
        }
    }

    /// Asks every guest to unmap; the host's part. `false` takes the wish back.
    public func setDraining(_ draining: Bool) {
        let state = draining ? ATOLL_REGION_DRAINING : ATOLL_REGION_READY
        memory.store(UInt64(state), word: Self.stateOffset)
    }

    /// The membership epoch: rises whenever a member is assigned or lost.
    public var epoch: UInt64 { memory.load(word: Self.epochOffset) }

    func raiseEpoch() { _ = memory.add(1, word: Self.epochOffset) }

    /// Raised by the daemon a few times a second, for guests to see that it watches.
    public var hostHeartbeat: UInt64 { memory.load(word: Self.hostHeartbeatOffset) }

    /// A locked operation that changes nothing.
    public func touchHostHeartbeat() { _ = memory.add(0, word: Self.hostHeartbeatOffset) }

    public func beatHost() { _ = memory.add(1, word: Self.hostHeartbeatOffset) }

    static var hostHeartbeatOffset: Int { ATOLL_AT_HEADER_HOST_HEARTBEAT }
    static var lastJobOffset: Int { ATOLL_AT_HEADER_LAST_JOB }

    /// The words of those that sleep until they are rung for: that of the sleepers, then that of the
    /// silent (AtollSync's `Sleepers`).
    public static var sleepersOffset: Int { ATOLL_AT_HEADER_SLEEPERS }

    /// The directory's lock: as every object of its kind, ``SyncLayout/bytes`` long.
    public static var directoryLockOffset: Int {
        ATOLL_AT_HEADER_DIRECTORY_LOCK
    }
}
