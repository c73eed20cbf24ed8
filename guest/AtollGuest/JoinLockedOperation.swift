// SPDX-License-Identifier: Apache-2.0
public import AtollRegion
internal import AtollSystem

/// How long one locked operation takes on a region, beside one on memory of our own.
///
/// A guest cannot choose how the BAR is cached: that lies with the host's processor and KVM. Where the
/// mapping is uncached, every locked operation is a bus lock, which is thousands of cycles and slows
/// down everybody; the one thing to do is to measure and say so.
public struct LockedOperation: Sendable, Equatable {
    public let nanoseconds: Int
    public let ownNanoseconds: Int

    public init(nanoseconds: Int, ownNanoseconds: Int) {
        self.nanoseconds = nanoseconds
        self.ownNanoseconds = ownNanoseconds
    }

    /// Cached memory differs by little; a bus lock by a factor of some tens.
    public var looksUncached: Bool { nanoseconds > 100 && nanoseconds > 8 * max(1, ownNanoseconds) }

    /// On the agent's own heartbeat line, where nobody else writes.
    static func measure(_ region: Region, slot: Int) -> LockedOperation {
        LockedOperation(
            nanoseconds: median { region.beat(slot: slot) }, ownNanoseconds: medianOfOwn())
    }

    /// Without changing anything, for who is not the agent: on the line of the region that the host
    /// writes ten times a second.
    public static func measure(_ region: Region) -> LockedOperation {
        LockedOperation(
            nanoseconds: median { region.touchHostHeartbeat() }, ownNanoseconds: medianOfOwn())
    }

    private static func medianOfOwn() -> Int {
        guard let file = try? OwnedFD(anonymous: "atoll-measure"), (try? file.setSize(4096)) != nil,
            let mapping = try? Mapping(file, count: 4096)
        else { return 0 }
        let memory = SharedMemory(mapping)
        return median { _ = memory.add(1, word: 0) }
    }

    /// Of 64 batches of 64: one operation is shorter than a look at the clock.
    private static func median(_ operation: () -> Void) -> Int {
        var times: [Int] = []
        for _ in 0..<64 {
            let start = MonotonicClock.now()
            for _ in 0..<64 { operation() }
            times.append(Int(MonotonicClock.now() - start) / 64)
        }
        times.sort()
        return times[32]
    }
}
