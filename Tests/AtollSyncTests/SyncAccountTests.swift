// SPDX-License-Identifier: Apache-2.0
import AtollRegion
import AtollSync
import AtollSystem
import Testing

struct SyncAccountTests {
    @Test(arguments: [
        (0, 0), (1, 0), (1_999, 0), (2_000, 1), (3_999, 1), (4_000, 2), (1_024_000, 10),
        (32_767_999, 14), (32_768_000, 15), (1 << 60, 15),
    ])
    func waitsAreSortedByPowersOfTwo(nanoseconds: UInt64, bucket: Int) {
        #expect(SyncLayout.bucket(nanoseconds: nanoseconds) == bucket)
    }

    @Test func countsAreFoundWhereTheHostReadsThem() throws {
        let memory = try sharedMemory()
        let account = SyncAccount(memory.words(at: 0, count: 4096), at: 256)
        for _ in 0..<5 { account.acquired() }
        account.acquiredTogether()
        account.contended(nanoseconds: 0)
        account.contended(nanoseconds: 5_000)
        account.contendedTogether(nanoseconds: 9_000)
        account.contendedTogether(nanoseconds: 9_500)
        account.died()
        account.diedTogether(2)
        account.beginWaiting()
        account.beginWaiting()
        account.endWaiting()
        let figures = try #require(SyncFigures(memory, at: 256))
        #expect(figures.acquisitions == 6)
        #expect(figures.contended == 4)
        #expect(figures.waitNanoseconds == 23_500)
        #expect(figures.waiters == 1)
        #expect(figures.deaths == 3)
        #expect(figures.waits == [0, 0, 1, 2] + Array(repeating: 0, count: 12))
        #expect(memory.copy(at: 0, count: 256).allSatisfy { $0 == 0 })
        #expect(memory.copy(at: 384, count: 256).allSatisfy { $0 == 0 })
    }

    @Test func aPlaceWithoutRoomHasNoFigures() throws {
        let memory = try sharedMemory(4096)
        #expect(SyncFigures(memory, at: 4096 - 128) != nil)
        #expect(SyncFigures(memory, at: 4096 - 64) == nil)
        #expect(SyncFigures(memory, at: 8) == nil)
        #expect(SyncFigures(memory, at: -64) == nil)
        #expect(SyncFigures(memory, at: .max - 63) == nil)
    }

    @Test func countingTogetherLosesNothing() throws {
        let memory = try sharedMemory()
        _ = try ThreadGroup.run(4) { _ in
            for _ in 0..<5000 {
                SyncAccount(memory.words(at: 0, count: 128), at: 0).contendedTogether(
                    nanoseconds: 2_500)
            }
        }
        let figures = try #require(SyncFigures(memory, at: 0))
        #expect(figures.contended == 20_000)
        #expect(figures.waits[1] == 20_000)
    }
}
