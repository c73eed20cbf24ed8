// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AtollRegion

/// What a launcher reads from, and writes to, the image of a program that ran.
@Suite struct OpenMPRecordTests {
    private typealias I = OpenMPImage

    private static let bytes = 4 << 20

    /// A region with the image of job 5, whose program had two processes.
    private func image(job: UInt64 = 5) throws -> (Region, at: Int) {
        let region = try region(16 << 20)
        let object = try #require(
            region.placeObject(
                name: I.name(job: 5), bytes: Self.bytes, boundary: ObjectRecord.imageBoundary,
                job: job, builder: 1))
        region.memory.zero(at: object.offset, count: Self.bytes)
        region.memory.store(I.magic, word: object.offset)
        region.memory.store32(2, at: object.offset + I.atRanks)
        #expect(region.publishObject(object))
        return (region, object.offset)
    }

    private func thread(_ region: Region, _ at: Int, slot: Int, rank: UInt64, _ figures: [UInt64]) {
        let record = at + I.threads + slot * I.threadBytes
        region.memory.store64(rank, at: record + I.atThreadRank)
        for (index, figure) in figures.enumerated() {
            region.memory.store64(figure, at: record + I.atFigures + 8 * index)
        }
    }

    @Test func namesItsJob() {
        #expect(I.name(job: 120) == Array("job.120.openmp.image".utf8))
    }

    @Test func tellsWhatThreadsDid() throws {
        let (region, at) = try image()
        thread(region, at, slot: 7, rank: 1, [2, 3_000_000, 4, 900_000, 0, 0, 1, 1_000_000, 6, 60])
        thread(region, at, slot: 0, rank: 0, [2, 7_000_000, 4, 500_000, 3, 500_000])
        thread(region, at, slot: 1, rank: 0, [0, 0, 9, 9])
        region.memory.store32(2 << 20, at: at + I.atHugePage)
        region.memory.store64(10, at: at + I.atHeapTaken)
        region.memory.store64(20, at: at + I.atHeapMostTaken)
        let record = try #require(region.openMP(job: 5))
        #expect(record.threads.map(\.rank) == [0, 1] && record.threads.map(\.thread) == [0, 7])
        // The main thread's regions hold its waits at barriers; others' end before.
        #expect(record.threads.map(\.busy) == [6_000_000, 2_000_000])
        #expect(record.threads[1].others == OpenMPRecord.Figure(count: 6, nanoseconds: 60))
        #expect(record.imbalance == 50)
        #expect(record.imageBytes == UInt64(Self.bytes) && record.hugePageBytes == 2 << 20)
        #expect(record.heapBytes == 640 << 10 && record.heapMostBytes == 1280 << 10)
    }

    @Test func believesNothing() throws {
        let (region, at) = try image()
        for slot in 0..<I.mostThreads {
            thread(region, at, slot: slot, rank: .max - UInt64(slot), [.max, .max, .max, .max])
        }
        thread(region, at, slot: 3, rank: 1, [.max, .max, .max, .max, .max, .max, .max, .max])
        region.memory.store64(.max, at: at + I.atHeapTaken)
        region.memory.store64(.max, at: at + I.atHeapMostTaken)
        region.memory.store32(.max, at: at + I.atRanks)
        let record = try #require(region.openMP(job: 5))
        #expect(record.ranks == RegionLayout.memberSlots && record.threads.map(\.thread) == [3])
        #expect(record.heapBytes == record.imageBytes)
        #expect(record.heapMostBytes == record.imageBytes)
        #expect(record.imbalance <= 100_000)
    }

    @Test func isNoOthers() throws {
        let (region, at) = try image()
        #expect(region.openMP(job: 4)?.ranks == nil)
        region.memory.store(1, word: at)
        #expect(region.openMP(job: 5)?.ranks == nil)
        let (other, _) = try image(job: 6)
        #expect(other.openMP(job: 5)?.ranks == nil && other.openMP(job: 6)?.ranks == nil)
    }

    @Test func aProgramIsToldOfALossOnce() throws {
        let (region, at) = try image()
        region.loseOpenMP(rank: 1, job: 4)
        #expect(region.memory.load(word: at + I.atEnd) == 0)
        region.loseOpenMP(rank: 1, job: 5)
        region.loseOpenMP(rank: 0, job: 5)
        #expect(region.memory.load(word: at + I.atEnd) == 1 << 8 | I.wasLost)
        // The first can say nothing of itself.
        region.memory.store(0, word: at + I.atEnd)
        region.loseOpenMP(rank: 0, job: 5)
        #expect(region.memory.load(word: at + I.atEnd) == 1 << 16 | I.wasLost)
    }
}
