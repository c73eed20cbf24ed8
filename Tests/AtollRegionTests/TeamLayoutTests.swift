// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import CAtollABI
import Testing

/// The team's block in numbers, a second time: whoever moves a field by accident meets them here.
@Suite struct TeamLayoutTests {
    static let team: [(Int, Int)] = [
        (ATOLL_AT_TEAM_FORMAT, 0), (ATOLL_AT_TEAM_SIZE, 4), (ATOLL_AT_TEAM_VMS, 8),
        (ATOLL_AT_TEAM_THREADS_PER_VM, 12), (ATOLL_AT_TEAM_PARENT, 16),
        (ATOLL_AT_TEAM_BARRIER_OFFSET, 24), (ATOLL_AT_TEAM_BARRIER_BYTES, 28),
        (ATOLL_AT_TEAM_LOOPS_OFFSET, 32), (ATOLL_AT_TEAM_PARTS_OFFSET, 36),
        (ATOLL_AT_TEAM_CHUNKS_OFFSET, 40), (ATOLL_AT_TEAM_THREADS_OFFSET, 44),
        (ATOLL_AT_TEAM_BYTES, 48), (ATOLL_AT_TEAM_BARRIER, 56), (ATOLL_AT_TEAM_FAILED, 64),
        (ATOLL_AT_TEAM_DROPPED, 72),
        (ATOLL_AT_TEAM_RESULT, 128),
    ]

    static let loop: [(Int, Int)] = [
        (ATOLL_AT_TEAM_LOOP_NUMBER, 0), (ATOLL_AT_TEAM_LOOP_LEFT, 64),
        (ATOLL_AT_TEAM_LOOP_TURN, 128), (ATOLL_AT_TEAM_LOOP_LANE, 192),
    ]

    static let thread: [(Int, Int)] = [
        (ATOLL_AT_TEAM_THREAD_OWNER, 0), (ATOLL_AT_TEAM_THREAD_WAITING_ON, 8),
        (ATOLL_AT_TEAM_THREAD_WAITING_KIND, 16), (ATOLL_AT_TEAM_THREAD_WAITING_NS, 24),
        (ATOLL_AT_TEAM_THREAD_WAITED_NS, 32), (ATOLL_AT_TEAM_THREAD_WAITS, 40),
        (ATOLL_AT_TEAM_THREAD_CONTRIBUTION, 64),
    ]

    @Test(arguments: [team, loop, thread])
    func fieldsLieWhereTheyLay(fields: [(Int, Int)]) {
        for (offset, expected) in fields { #expect(offset == expected) }
    }

    @Test func structuresAreAsLargeAsTheyWere() {
        #expect(MemoryLayout<atoll_team_block>.size == 192)
        #expect(MemoryLayout<atoll_team_loop>.size == 192 + 64 * 16)
        #expect(MemoryLayout<atoll_team_thread>.size == 128)
    }

    @Test(arguments: [(1, 1), (4, 2), (4096, 64)])
    func partsFollowEachOtherOnLines(size: Int, vms: Int) {
        let layout = TeamLayout(size: size, vms: vms)
        let extents = [
            (0, 192), (layout.barrier, layout.barrierBytes),
            (layout.loops, TeamLayout.loopCount * TeamLayout.loopBytes),
            (layout.parts, TeamLayout.partCount * 64), (layout.chunks, TeamLayout.chunkCount * 8),
            (layout.threads, size * 128),
        ]
        var end = 0
        for (start, bytes) in extents {
            #expect(start == end)
            #expect(start % 64 == 0 && bytes % 64 == 0)
            end = start + bytes
        }
        #expect(layout.bytes == end)
        #expect(layout.loop(9) == layout.loops + TeamLayout.loopBytes)
        #expect(layout.part(255) + 64 == layout.chunks)
        #expect(layout.chunk(1023) + 8 == layout.threads)
        #expect(layout.thread(size - 1) + 128 == layout.bytes)
    }
}
