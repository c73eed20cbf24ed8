// SPDX-License-Identifier: Apache-2.0
import CAtollABI
import Testing

@testable import AtollRegion

/// What is told of synchronisation objects and teams, whatever their bytes are.
@Suite(.timeLimit(.minutes(1))) struct SyncRecordTests {
    private func make(
        _ region: Region, _ kind: ObjectKind, bytes: Int = 128, name: String = "lock"
    ) throws -> ObjectRecord {
        let made = try #require(
            region.placeObject(
                name: Array(name.utf8), kind: kind, bytes: bytes, job: 3, builder: 9))
        region.memory.zero(at: made.offset, count: made.bytes)
        #expect(region.publishObject(made))
        return try #require(region.object(made.index))
    }

    private func figures(_ waits: [Int: UInt32]) throws -> SyncFigures {
        let region = try region()
        let lock = try make(region, .lock)
        for (bucket, count) in waits {
            region.memory.store32(count, at: lock.offset + SyncLayout.waits + 4 * bucket)
        }
        return try #require(region.sync(lock)).figures
    }

    @Test func aLockSaysWhoHoldsIt() throws {
        let region = try region()
        let lock = try make(region, .lock)
        #expect(region.sync(lock)?.holder == nil)
        let word: UInt64 = 6 | 7 << 16 | (5 << 22 | 1234) << 32
        region.memory.store(word | ATOLL_OWNER_WAITERS, word: lock.offset)
        region.memory.store64(8, at: lock.offset + SyncLayout.acquisitions)
        var record = try #require(region.sync(lock))
        // The bits above the kernel's id are not its own.
        #expect(record.holder?.slot == 5 && record.holder?.incarnation == 7)
        #expect(record.holder?.thread == 1234)
        #expect(!record.isPoisoned && record.figures.acquisitions == 8)
        region.memory.store(word | ATOLL_OWNER_POISONED, word: lock.offset)
        record = try #require(region.sync(lock))
        #expect(record.isPoisoned && record.holder?.thread == 1234)
        // A semaphore's word is no owner, whatever it is.
        let semaphore = try make(region, .semaphore)
        region.memory.store(word | ATOLL_OWNER_POISONED, word: semaphore.offset)
        #expect(
            region.sync(semaphore)?.holder == nil && region.sync(semaphore)?.isPoisoned == false)
    }

    @Test func onlyWhatKeepsFiguresHasThem() throws {
        let region = try region()
        #expect(region.sync(try make(region, .data)) == nil)
        // A team that makes no sense.
        #expect(region.sync(try make(region, .team)) == nil)
        #expect(region.sync(try make(region, .lock, bytes: 127)) == nil)
        let building = try #require(
            region.placeObject(name: [], kind: .lock, bytes: 128, job: 0, builder: 1))
        #expect(region.sync(building) == nil)
    }

    @Test func aHolderIsLostByTheHostsWordAlone() throws {
        let region = try region()
        region.assign(
            slot: 5, vm: UUID128(high: 0, low: 1), incarnation: 0x1_0007, name: [0x61])
        let holder = try #require(OwnerName(word: 6 | 7 << 16 | 1 << 32))
        #expect(!holder.isLost(in: region))
        #expect(try #require(OwnerName(word: 6 | 8 << 16)).isLost(in: region))
        #expect(try #require(OwnerName(word: 0xffff)).isLost(in: region))
        region.markLost(slot: 5)
        #expect(holder.isLost(in: region))
    }

    @Test(
        arguments: [
            ([0: 1], 2, 2), ([0: 1, 4: 2], 32, 32), ([3: 1], 16, 16), ([15: 1], 65536, 65536),
            ([0: 50, 4: 50], 2, 32), ([0: 49, 4: 51], 32, 32), ([0: 99, 9: 1], 2, 2),
            ([0: 98, 9: 2], 2, 1024), ([0: .max, 15: .max], 2, 65536),
        ] as [([Int: UInt32], UInt64, UInt64)])
    func aHistogramGivesBounds(waits: [Int: UInt32], median: UInt64, most: UInt64) throws {
        let figures = try figures(waits)
        #expect(figures.wait(percent: 50) == median)
        #expect(figures.wait(percent: 99) == most)
    }

    @Test func noWaitsHaveNoBounds() throws {
        #expect(try figures([:]).wait(percent: 50) == nil)
    }

    // MARK: Teams

    private func team(_ region: Region, size: Int = 4, vms: Int = 2) throws -> ObjectRecord {
        let layout = TeamLayout(size: size, vms: vms)
        let object = try make(region, .team, bytes: layout.bytes, name: "job.3.team")
        TeamHead(size: size, vms: vms, threadsPerVM: size / vms)
            .write(to: region.memory, at: object.offset, layout)
        return object
    }

    private func wait(
        _ region: Region, _ object: ObjectRecord, rank: Int, on: Int, nanoseconds: UInt64
    ) {
        let line = object.offset + TeamLayout(size: 4, vms: 2).thread(rank)
        region.memory.store(
            UInt64(rank + 1) | 1 << 16 | UInt64(100 + rank) << 32,
            word: line + ATOLL_AT_TEAM_THREAD_OWNER)
        region.memory.store(nanoseconds, word: line + ATOLL_AT_TEAM_THREAD_WAITING_NS)
        region.memory.store(UInt64(on), word: line + ATOLL_AT_TEAM_THREAD_WAITING_ON)
    }

    @Test func aTeamIsStuckWhenSomeDoNotCome() throws {
        let region = try region()
        let object = try team(region)
        var record = try #require(region.team(object))
        #expect(record.size == 4 && record.vms == 2 && record.threadsPerVM == 2)
        // Nobody waits: they all compute.
        #expect(record.arrived.isEmpty && !record.isStuck(bound: 5))
        for rank in 0..<3 {
            wait(region, object, rank: rank, on: object.offset, nanoseconds: 10 + UInt64(rank))
        }
        wait(region, object, rank: 3, on: 64, nanoseconds: 1)
        record = try #require(region.team(object))
        #expect(record.arrived.map(\.rank) == [0, 1, 2] && record.missing.map(\.rank) == [3])
        #expect(record.missing[0].owner?.thread == 103 && record.missing[0].waitingOn == 64)
        #expect(record.isStuck(bound: 9))
        // One has come just now: the others may be on their way too.
        #expect(!record.isStuck(bound: 10))
        // All have come: the last of them lets them go.
        wait(region, object, rank: 3, on: object.offset, nanoseconds: 100)
        #expect(try #require(region.team(object)).isStuck(bound: 5) == false)
    }

    @Test func aTeamSaysHowItsBarrierWasUsed() throws {
        let region = try region()
        let object = try team(region)
        let barrier = object.offset + TeamLayout(size: 4, vms: 2).barrier
        region.memory.store64(12, at: barrier + SyncLayout.acquisitions)
        region.memory.store64(.max, at: barrier + SyncLayout.word)
        let record = try #require(region.sync(object))
        #expect(record.kind == .barrier && record.figures.acquisitions == 12)
        #expect(record.holder == nil && !record.isPoisoned)
    }

    @Test func whatIsNoTeamIsNone() throws {
        let region = try region()
        let object = try team(region)
        for (field, value) in [
            (ATOLL_AT_TEAM_SIZE, 5), (ATOLL_AT_TEAM_SIZE, 0), (ATOLL_AT_TEAM_SIZE, .max),
            (ATOLL_AT_TEAM_VMS, 0), (ATOLL_AT_TEAM_VMS, 65), (ATOLL_AT_TEAM_FORMAT, 1),
            (ATOLL_AT_TEAM_THREADS_PER_VM, 5),
        ] as [(Int, UInt32)] {
            let before = region.memory.load32(object.offset + field)
            region.memory.store32(value, at: object.offset + field)
            #expect(region.team(object) == nil, "\(field) \(value)")
            region.memory.store32(before, at: object.offset + field)
        }
        #expect(region.team(object) != nil)
        #expect(region.team(try make(region, .data, bytes: object.bytes)) == nil)
        #expect(region.team(try make(region, .team, bytes: 64)) == nil)
    }
}
