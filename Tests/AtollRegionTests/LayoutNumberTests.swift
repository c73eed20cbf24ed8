// SPDX-License-Identifier: Apache-2.0
import CAtollABI
import Testing

@testable import AtollRegion

/// The layout in numbers, a second time: whoever moves a field by accident meets them here.
@Suite struct LayoutNumberTests {
    static let header: [(Int, Int)] = [
        (ATOLL_AT_HEADER_MAGIC, 0),
        (ATOLL_AT_HEADER_VERSION, 8),
        (ATOLL_AT_HEADER_HEADER_BYTES, 12),
        (ATOLL_AT_HEADER_REGION_BYTES, 16),
        (ATOLL_AT_HEADER_REGION_UUID, 24),
        (ATOLL_AT_HEADER_GROUP_UUID, 40),
        (ATOLL_AT_HEADER_MEMBERS_OFFSET, 64),
        (ATOLL_AT_HEADER_DIRECTORY_OFFSET, 72),
        (ATOLL_AT_HEADER_JOBS_OFFSET, 80),
        (ATOLL_AT_HEADER_RINGS_OFFSET, 88),
        (ATOLL_AT_HEADER_ARENA_OFFSET, 96),
        (ATOLL_AT_HEADER_ARENA_BYTES, 104),
        (ATOLL_AT_HEADER_JOB_SLOTS, 112),
        (ATOLL_AT_HEADER_JOB_PAYLOAD_BYTES, 116),
        (ATOLL_AT_HEADER_RINGS, 120),
        (ATOLL_AT_HEADER_RING_BYTES, 124),
        (ATOLL_AT_HEADER_GROUP_NAME, 128),
        (ATOLL_AT_HEADER_REGION_NAME, 192),
        (ATOLL_AT_HEADER_STATE, 256),
        (ATOLL_AT_HEADER_EPOCH, 320),
        (ATOLL_AT_HEADER_HOST_HEARTBEAT, 384),
        (ATOLL_AT_HEADER_DIRECTORY_LOCK, 448),
        (ATOLL_AT_HEADER_LAST_JOB, 576),
    ]

    static let member: [(Int, Int)] = [
        (ATOLL_AT_MEMBER_VM_UUID, 0),
        (ATOLL_AT_MEMBER_INCARNATION, 16),
        (ATOLL_AT_MEMBER_STATE, 24),
        (ATOLL_AT_MEMBER_NAME, 32),
        (ATOLL_AT_MEMBER_JOINED_INCARNATION, 64),
        (ATOLL_AT_MEMBER_PRESENCE, 72),
        (ATOLL_AT_MEMBER_VCPUS, 80),
        (ATOLL_AT_MEMBER_MAPPING, 84),
        (ATOLL_AT_MEMBER_LOCKED_OP_NS, 88),
        (ATOLL_AT_MEMBER_AGENT_VERSION, 92),
        (ATOLL_AT_MEMBER_HEARTBEAT, 128),
        (ATOLL_AT_MEMBER_ATTENTION, 192),
    ]

    static let object: [(Int, Int)] = [
        (ATOLL_AT_OBJECT_OFFSET, 8),
        (ATOLL_AT_OBJECT_BYTES, 16),
        (ATOLL_AT_OBJECT_JOB, 24),
        (ATOLL_AT_OBJECT_BUILDER, 32),
        (ATOLL_AT_OBJECT_KIND, 40),
        (ATOLL_AT_OBJECT_NAME_HASH, 48),
        (ATOLL_AT_OBJECT_NAME, 64),
    ]

    static let sync: [(Int, Int)] = [
        (ATOLL_AT_SYNC_WORD, 0),
        (ATOLL_AT_SYNC_AUX0, 8),
        (ATOLL_AT_SYNC_AUX1, 16),
        (ATOLL_AT_SYNC_ACQUISITIONS, 24),
        (ATOLL_AT_SYNC_CONTENDED, 32),
        (ATOLL_AT_SYNC_WAIT_NS, 40),
        (ATOLL_AT_SYNC_WAITERS, 48),
        (ATOLL_AT_SYNC_DEATHS, 56),
        (ATOLL_AT_SYNC_WAITS, 64),
    ]

    static let job: [(Int, Int)] = [
        (ATOLL_AT_JOB_EPOCH, 8),
        (ATOLL_AT_JOB_PARTS, 16),
        (ATOLL_AT_JOB_THREADS_PER_VM, 20),
        (ATOLL_AT_JOB_PAYLOAD_BYTES, 24),
        (ATOLL_AT_JOB_FLAGS, 28),
        (ATOLL_AT_JOB_LAUNCHER_SLOT, 64),
        (ATOLL_AT_JOB_LAUNCHER_INCARNATION, 72),
        (ATOLL_AT_JOB_LAUNCHER_HEARTBEAT, 80),
        (ATOLL_AT_JOB_LEASE_MS, 88),
        (ATOLL_AT_JOB_SIGNAL, 128),
    ]

    static let part: [(Int, Int)] = [
        (ATOLL_AT_PART_INCARNATION, 8),
        (ATOLL_AT_PART_SLOT, 16),
        (ATOLL_AT_PART_RING, 20),
        (ATOLL_AT_PART_STATUS, 24),
        (ATOLL_AT_PART_PID, 28),
    ]

    static let ring: [(Int, Int)] = [
        (ATOLL_AT_RING_HEAD, 64),
        (ATOLL_AT_RING_TAIL, 128),
    ]

    @Test(arguments: [header, sync, member, object, job, part, ring])
    func fieldsLieWhereTheyLay(fields: [(Int, Int)]) {
        for (offset, expected) in fields { #expect(offset == expected) }
    }

    @Test func structuresAreAsLargeAsTheyWere() {
        #expect(MemoryLayout<atoll_header>.size == 4096)
        #expect(MemoryLayout<atoll_sync>.size == 128)
        #expect(MemoryLayout<atoll_member>.size == 256)
        #expect(MemoryLayout<atoll_object>.size == 128)
        #expect(MemoryLayout<atoll_job_part>.size == 64)
        #expect(MemoryLayout<atoll_job>.size == 256 + 64 * 64)
        #expect(MemoryLayout<atoll_ring>.size == 192)
    }

    @Test func constantsAreWhatTheyWere() {
        #expect(
            Array("ATLLTRGN".utf8).reversed().reduce(0) { $0 << 8 | UInt64($1) } == ATOLL_ABI_MAGIC)
        #expect(ATOLL_ABI_VERSION == 3)
        #expect(
            [ATOLL_MEMBER_SLOTS, ATOLL_DIRECTORY_ENTRIES, ATOLL_DIRECTORY_ENTRIES_LARGE] == [
                64, 256, 1024,
            ])
        #expect([ATOLL_MEMBER_NAME_BYTES, ATOLL_OBJECT_NAME_BYTES] == [32, 64])
        #expect(ATOLL_SLOT_HOST == 0xffff)
        #expect([ATOLL_REGION_ABSENT, ATOLL_REGION_READY, ATOLL_REGION_DRAINING] == [0, 1, 2])
        #expect([ATOLL_MEMBER_EMPTY, ATOLL_MEMBER_ASSIGNED, ATOLL_MEMBER_LOST] == [0, 1, 2])
        #expect([ATOLL_PRESENCE_ABSENT, ATOLL_PRESENCE_JOINED, ATOLL_PRESENCE_LEFT] == [0, 1, 2])
        #expect(
            [
                ATOLL_MAPPING_UNKNOWN, ATOLL_MAPPING_FILE, ATOLL_MAPPING_SYSFS,
                ATOLL_MAPPING_SYSFS_WC, ATOLL_MAPPING_MODULE,
            ] == [0, 1, 2, 3, 4])
        #expect([ATOLL_OBJECT_FREE, ATOLL_OBJECT_BUILDING, ATOLL_OBJECT_READY] == [0, 1, 2])
        #expect(
            [ATOLL_JOB_FREE, ATOLL_JOB_CLAIMED, ATOLL_JOB_POSTED, ATOLL_JOB_STOPPING] == [
                0, 1, 2, 3,
            ])
        #expect(
            [
                ATOLL_PART_NONE, ATOLL_PART_WANTED, ATOLL_PART_RUNNING, ATOLL_PART_EXITED,
                ATOLL_PART_REFUSED,
            ] == [0, 1, 2, 3, 4])
        #expect(ATOLL_OWNER_WAITERS == 1 << 62 && ATOLL_OWNER_POISONED == 1 << 63)
    }

    @Test func kindsAreNumberedAlikeInSwiftAndC() {
        let kinds: [(ObjectKind, Int)] = [
            (.data, ATOLL_KIND_DATA), (.lock, ATOLL_KIND_LOCK),
            (.recursiveLock, ATOLL_KIND_RECURSIVE_LOCK),
            (.readWriteLock, ATOLL_KIND_READ_WRITE_LOCK), (.condition, ATOLL_KIND_CONDITION),
            (.semaphore, ATOLL_KIND_SEMAPHORE), (.once, ATOLL_KIND_ONCE),
            (.latch, ATOLL_KIND_LATCH), (.barrier, ATOLL_KIND_BARRIER), (.team, ATOLL_KIND_TEAM),
            (.heap, ATOLL_KIND_HEAP), (.ring, ATOLL_KIND_RING), (.queue, ATOLL_KIND_QUEUE),
            (.deque, ATOLL_KIND_DEQUE), (.counter, ATOLL_KIND_COUNTER), (.map, ATOLL_KIND_MAP),
        ]
        for (kind, number) in kinds { #expect(Int(kind.rawValue) == number) }
        #expect(ObjectKind.allCases.count == ATOLL_KINDS)
        #expect(kinds.count == ATOLL_KINDS)
    }

    /// What Embedded code inlines, it cannot take from the header.
    @Test func theFieldsOfAnObjectLieWhereTheHeaderSays() {
        let fields: [(Int, Int)] = [
            (SyncLayout.word, ATOLL_AT_SYNC_WORD), (SyncLayout.aux0, ATOLL_AT_SYNC_AUX0),
            (SyncLayout.aux1, ATOLL_AT_SYNC_AUX1),
            (SyncLayout.acquisitions, ATOLL_AT_SYNC_ACQUISITIONS),
            (SyncLayout.contended, ATOLL_AT_SYNC_CONTENDED),
            (SyncLayout.waitNanoseconds, ATOLL_AT_SYNC_WAIT_NS),
            (SyncLayout.waiters, ATOLL_AT_SYNC_WAITERS), (SyncLayout.deaths, ATOLL_AT_SYNC_DEATHS),
            (SyncLayout.waits, ATOLL_AT_SYNC_WAITS),
            (SyncLayout.bytes, MemoryLayout<atoll_sync>.size),
            (SyncLayout.buckets, Int(ATOLL_WAIT_BUCKETS)),
        ]
        for (swift, c) in fields { #expect(swift == c) }
    }

    /// Words with different writers lie on different lines.
    @Test func writersDoNotShareLines() {
        let header = [
            ATOLL_AT_HEADER_STATE, ATOLL_AT_HEADER_EPOCH, ATOLL_AT_HEADER_HOST_HEARTBEAT,
            ATOLL_AT_HEADER_DIRECTORY_LOCK, ATOLL_AT_HEADER_LAST_JOB,
        ]
        #expect(Set(header.map { $0 / 64 }).count == header.count)
        let member = [
            ATOLL_AT_MEMBER_STATE, ATOLL_AT_MEMBER_PRESENCE, ATOLL_AT_MEMBER_HEARTBEAT,
            ATOLL_AT_MEMBER_ATTENTION,
        ]
        #expect(Set(member.map { $0 / 64 }).count == member.count)
        let job = [0, ATOLL_AT_JOB_LAUNCHER_HEARTBEAT, ATOLL_AT_JOB_SIGNAL]
        #expect(Set(job.map { $0 / 64 }).count == job.count)
        #expect(Set([0, ATOLL_AT_RING_HEAD, ATOLL_AT_RING_TAIL].map { $0 / 64 }).count == 3)
    }
}
