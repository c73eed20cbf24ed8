// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import AtollRegion

@Suite struct RegionLayoutTests {
    @Test(arguments: 20...40)
    func everyPowerOfTwoHasItsPlaces(power: Int) throws {
        let layout = try RegionLayout(bytes: 1 << UInt64(power))
        #expect(layout.bytes == 1 << power)
        // One behind the other, and nothing of one in the next.
        #expect(layout.members == 4096)
        #expect(layout.directory == layout.members + 64 * 256)
        #expect(layout.jobs == layout.directory + layout.directoryEntries * 128)
        #expect(layout.ringsStart == layout.jobs + layout.jobSlots * (4352 + layout.jobPayload))
        let end = layout.ringsStart + layout.rings * (192 + layout.ringBytes)
        #expect(layout.arena >= end && layout.arena < end + 4096 && layout.arena % 4096 == 0)
        #expect(layout.arena + layout.arenaBytes == layout.bytes)
        // Half of even the smallest region is its users'.
        #expect(layout.arenaBytes >= layout.bytes / 2)
        #expect(layout.ringBytes & (layout.ringBytes - 1) == 0)
        #expect(layout.member(63) + 256 == layout.directory)
        #expect(layout.object(layout.directoryEntries - 1) + 128 == layout.jobs)
        #expect(layout.payload(layout.jobSlots - 1) + layout.jobPayload == layout.ringsStart)
        #expect(layout.part(0, 63) + 64 == layout.payload(0))
        #expect(layout.ring(layout.rings - 1) + 192 + layout.ringBytes == end)
    }

    @Test func smallAndLargeAreThese() throws {
        let small = try RegionLayout(bytes: 8 << 20)
        #expect(
            [small.jobSlots, small.jobPayload, small.rings, small.ringBytes, small.arena]
                == [4, 8192, 16, 4096, 172_032])
        #expect(small.directoryEntries == 256)
        let large = try RegionLayout(bytes: 16 << 20)
        #expect(
            [large.jobSlots, large.jobPayload, large.rings, large.ringBytes, large.arena]
                == [16, 65536, 128, 32768, 5_488_640])
        #expect(large.directoryEntries == 1024)
    }

    static let refused: [UInt64] = {
        var sizes: [UInt64] = [0, 1, 4096, 3 << 20, .max, .max - 1, 1 << 63, (1 << 40) + 4096]
        for power in 0..<64 as Range<UInt64> {
            let size: UInt64 = 1 << power
            if power < 20 || power > 40 { sizes.append(size) }
            sizes += [size &- 1, size + 1].filter { $0 & ($0 &- 1) != 0 }
        }
        return sizes
    }()

    @Test(arguments: refused)
    func otherSizesAreRefused(bytes: UInt64) {
        #expect(throws: RegionError.badSize(bytes: bytes)) { try RegionLayout(bytes: bytes) }
    }

    @Test func theArenaKnowsItsExtents() throws {
        let layout = try RegionLayout(bytes: 1 << 20)
        let start = UInt64(layout.arena)
        let bytes = UInt64(layout.arenaBytes)
        #expect(layout.arenaContains(offset: start, bytes: bytes))
        #expect(layout.arenaContains(offset: 1 << 20, bytes: 0))
        #expect(!layout.arenaContains(offset: start - 1, bytes: 1))
        #expect(!layout.arenaContains(offset: start, bytes: bytes + 1))
        #expect(!layout.arenaContains(offset: start + 1, bytes: bytes))
        #expect(!layout.arenaContains(offset: (1 << 20) + 1, bytes: 0))
        #expect(!layout.arenaContains(offset: .max, bytes: 1))
        #expect(!layout.arenaContains(offset: start, bytes: .max))
        #expect(!layout.arenaContains(offset: .max, bytes: .max))
    }
}
