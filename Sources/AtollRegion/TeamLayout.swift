// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// Where the parts of a team's control block lie, from its start (`atoll_team_block` in the layout's header).
/// It follows from the team's size alone, so that nobody needs to believe an offset in the block.
public struct TeamLayout: Sendable, Equatable {
    /// Threads.
    public let size: Int
    /// VMs that take part.
    public let vms: Int

    public let barrier: Int
    public let barrierBytes: Int
    public let loops: Int
    public let parts: Int
    public let chunks: Int
    public let threads: Int
    /// Of the whole block.
    public let bytes: Int

    public static var format: Int { Int(ATOLL_TEAM_FORMAT) }
    public static var largestTeam: Int { Int(ATOLL_TEAM_LARGEST) }
    /// How many loops without a barrier can overlap.
    public static var loopCount: Int { Int(ATOLL_TEAM_LOOPS) }
    /// Counters that share out one loop.
    public static var laneCount: Int { Int(ATOLL_TEAM_LANES) }
    /// Partial results of a reduction in a fixed order.
    public static var partCount: Int { Int(ATOLL_TEAM_PARTS) }
    /// Chunks of a restartable loop.
    public static var chunkCount: Int { Int(ATOLL_TEAM_CHUNKS) }
    /// Bytes of a value that is reduced or broadcast, at most.
    public static var valueBytes: Int { Int(ATOLL_TEAM_VALUE_BYTES) }

    /// - Parameters:
    ///   - size: 1 to ``largestTeam``.
    ///   - vms: 1 to the number of member slots.
    public init(size: Int, vms: Int) {
        precondition(size >= 1 && size <= Self.largestTeam)
        precondition(vms >= 1 && vms <= RegionLayout.memberSlots)
        self.size = size
        self.vms = vms
        barrier = MemoryLayout<atoll_team_block>.size
        barrierBytes = BarrierLayout(vms: vms, size: size).bytes
        loops = barrier + barrierBytes
        parts = loops + Self.loopCount * MemoryLayout<atoll_team_loop>.size
        chunks = parts + Self.partCount * Self.valueBytes
        threads = chunks + Self.chunkCount * 8
        bytes = threads + size * MemoryLayout<atoll_team_thread>.size
    }

    /// Where the descriptor of the construct with this number lies.
    @inlinable
    public func loop(_ number: UInt64) -> Int {
        loops + Int(number % UInt64(Self.loopCount)) * Self.loopBytes
    }
    public static var loopBytes: Int { MemoryLayout<atoll_team_loop>.size }
    @inlinable
    public func part(_ index: Int) -> Int { parts + index * Self.valueBytes }
    @inlinable
    public func chunk(_ index: Int) -> Int { chunks + index * 8 }
    @inlinable
    public func thread(_ rank: Int) -> Int { threads + rank * Self.threadBytes }
    public static var threadBytes: Int { MemoryLayout<atoll_team_thread>.size }
}
