// SPDX-License-Identifier: Apache-2.0
internal import CAtollABI

/// The first line of a team's control block: what all its threads must agree on.
public struct TeamHead: Sendable, Equatable {
    /// Threads.
    public var size: Int
    public var vms: Int
    /// 0: not the same in all VMs.
    public var threadsPerVM: Int
    /// Offset of the team that this one was split from; 0: none.
    public var parent: Int
    /// The barrier's algorithm, by its number in the layout's header.
    public var barrier: UInt32

    public init(size: Int, vms: Int, threadsPerVM: Int, parent: Int = 0, barrier: UInt32 = 0) {
        self.size = size
        self.vms = vms
        self.threadsPerVM = threadsPerVM
        self.parent = parent
        self.barrier = barrier
    }

    /// What the block at `offset` says; `nil` where it is none of this format, or of a shape that no
    /// team has. The caller has checked that the line is in bounds.
    public init?(_ memory: SharedMemory, at offset: Int) {
        let size = memory.load32(offset + ATOLL_AT_TEAM_SIZE)
        let vms = memory.load32(offset + ATOLL_AT_TEAM_VMS)
        guard memory.load32(offset + ATOLL_AT_TEAM_FORMAT) == ATOLL_TEAM_FORMAT,
            size >= 1, size <= ATOLL_TEAM_LARGEST, vms >= 1, vms <= ATOLL_MEMBER_SLOTS
        else { return nil }
        self.size = Int(size)
        self.vms = Int(vms)
        threadsPerVM = Int(memory.load32(offset + ATOLL_AT_TEAM_THREADS_PER_VM))
        barrier = memory.load32(offset + ATOLL_AT_TEAM_BARRIER)
        parent = Int(truncatingIfNeeded: memory.load64(offset + ATOLL_AT_TEAM_PARENT))
    }

    /// Fills the first line.
    public func write(to memory: SharedMemory, at offset: Int, _ layout: TeamLayout) {
        let small: [(Int, Int)] = [
            (ATOLL_AT_TEAM_FORMAT, TeamLayout.format), (ATOLL_AT_TEAM_SIZE, size),
            (ATOLL_AT_TEAM_VMS, vms), (ATOLL_AT_TEAM_THREADS_PER_VM, threadsPerVM),
            (ATOLL_AT_TEAM_BARRIER_OFFSET, layout.barrier),
            (ATOLL_AT_TEAM_BARRIER_BYTES, layout.barrierBytes),
            (ATOLL_AT_TEAM_LOOPS_OFFSET, layout.loops), (ATOLL_AT_TEAM_PARTS_OFFSET, layout.parts),
            (ATOLL_AT_TEAM_CHUNKS_OFFSET, layout.chunks),
            (ATOLL_AT_TEAM_THREADS_OFFSET, layout.threads),
            (ATOLL_AT_TEAM_BARRIER, Int(barrier)),
        ]
        for (field, value) in small { memory.store32(UInt32(value), at: offset + field) }
        memory.store64(UInt64(parent), at: offset + ATOLL_AT_TEAM_PARENT)
        memory.store64(UInt64(layout.bytes), at: offset + ATOLL_AT_TEAM_BYTES)
    }
}
