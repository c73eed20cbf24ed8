// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
internal import AtollSystem

/// How long one load from a place that nobody could guess takes in a region, beside one in order, and
/// beside memory of our own: where the region is mapped in small pages, its page-table entries do not
/// fit into the processor, and each such load waits for one.
public struct RandomAccess: Sendable, Equatable {
    /// Nanoseconds of one load, medians.
    public let nanoseconds: Int
    public let ownNanoseconds: Int
    /// Of a load in order, in the region; in tenths.
    public let tenthsInOrder: Int
    /// How much memory the loads were spread over.
    public let bytes: Int

    private static var loads: Int { 16 << 10 }
    private static var most: Int { 64 << 20 }

    /// Reads, at most 64 MiB of it, and writes nothing. Our own memory is as much, or as a quarter of the
    /// machine's.
    public static func measure(_ region: Region) -> RandomAccess {
        let own = Int(clamping: Machine.memoryBytes / 4)
        var bytes = min(region.memory.count, most)
        while bytes > own, bytes > 4096 { bytes /= 2 }
        let ours = anonymous(bytes)
        return RandomAccess(
            nanoseconds: random(region.memory, bytes) / 10,
            ownNanoseconds: ours.map { random($0, bytes) / 10 } ?? 0,
            tenthsInOrder: median(region.memory, bytes) { memory in
                var sum: UInt64 = 0
                for index in 0..<min(loads, bytes / 8) { sum &+= memory.load(word: 8 * index) }
                return (sum, min(loads, bytes / 8))
            }, bytes: bytes)
    }

    private static func anonymous(_ bytes: Int) -> SharedMemory? {
        guard let file = try? OwnedFD(anonymous: "atoll-measure"),
            (try? file.setSize(UInt64(bytes))) != nil,
            let mapping = try? Mapping(file, count: bytes)
        else { return nil }
        return SharedMemory(mapping)
    }

    /// Each load's place hangs on what the one before has found, so that they cannot overlap.
    private static func random(_ memory: SharedMemory, _ bytes: Int) -> Int {
        // Every page is there before, so that no fault is measured.
        for page in 0..<(bytes / 4096) { _ = memory.load(word: 4096 * page) }
        let words = UInt64(bytes / 8)
        return median(memory, bytes) { memory in
            var state: UInt64 = 0x9e37_79b9_7f4a_7c15
            for _ in 0..<loads {
                // The upper bits are the random ones.
                let index = Int((state >> 20) % words)
                let found = memory.load(word: 8 * index)
                state = state &* 6_364_136_223_846_793_005 &+ (found | 1)
            }
            return (state, loads)
        }
    }

    /// Tenths of a nanosecond a load, of nine runs.
    private static func median(
        _ memory: SharedMemory, _ bytes: Int, _ run: (SharedMemory) -> (sum: UInt64, loads: Int)
    ) -> Int {
        var times: [Int] = []
        var sum: UInt64 = 0
        for _ in 0..<9 {
            let start = MonotonicClock.now()
            let (found, loads) = run(memory)
            let taken = Int(clamping: MonotonicClock.now() - start)
            sum &+= found
            times.append(taken * 10 / max(1, loads))
        }
        times.sort()
        // What was loaded is used, so that it is loaded.
        return sum == 1 ? times[4] + 1 : times[4]
    }
}
