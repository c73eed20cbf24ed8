// SPDX-License-Identifier: Apache-2.0
import AtollRegion

/// A region's first page, all of it anybody's, to those who open it.
enum HeaderFuzz {
    private static let memory = RegionUnderTest()

    static func run(_ bytes: [UInt8]) {
        // Shared by all inputs: libFuzzer has one thread, and the tests run this entry in one.
        let test = memory
        test.restore()
        var input = Input(bytes)
        let isWhole = input.byte() & 1 == 0
        if isWhole {
            test.memory.write(input.bytes(min(4096, bytes.count)), at: 0)
        } else {
            for _ in 0..<16 where !input.isEmpty {
                test.memory.store64(input.word(), at: input.number(below: 512) * 8)
            }
        }
        if let opened = try? Region.open(test.memory, evenDraining: input.byte() & 1 == 0) {
            promise(opened.layout == test.layout, "one size has one layout")
            RegionWalk(region: opened).all()
        }
        try? Region.probe(test.memory, bytes: input.word())
        // Whatever it says, who knows the region by another witness has it whole again.
        let identity = RegionIdentity(
            region: UUID128(high: 1, low: 2), group: UUID128(high: 3, low: 4), regionName: [0x72],
            groupName: [0x67])
        guard let (adopted, _) = try? Region.adopt(test.memory, identity) else {
            return promise(false, "a size is enough")
        }
        promise(adopted.layout == test.layout && adopted.identity == identity, "as it was told")
        guard let again = try? Region.open(test.memory, evenDraining: true) else {
            return promise(false, "what was mended opens")
        }
        promise(again.identity == identity, "and is the same")
    }
}
