// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

/// How a thread waits for one of another kernel: it looks often at first, then sleeps until it is rung for,
/// or, where not all ring, makes room, then naps ever longer; and it sees whether the program has ended.
///
/// Whether looking paid decides how long it is done the next time: where both sides share a processor,
/// each look keeps the other from answering.
struct ForwardPatience {
    private(set) var looks: UInt32
    private var steps: UInt32 = 0
    private let mayLook: Bool
    private var bellSleep = BellSleep()

    static var mostLooks: UInt32 { 2_000 }
    static var leastLooks: UInt32 { 200 }
    static var yields: UInt32 { 100 }
    static var longestSleep: UInt64 { 100_000_000 }

    /// - Parameters:
    ///   - looks: as an earlier wait has left them.
    ///   - mayLook: whether this thread notices the program's end itself: rank 0's serving threads go
    ///     down with their process.
    init(looks: UInt32 = Self.mostLooks, mayLook: Bool = true) {
        self.looks = max(min(looks, Self.mostLooks), Self.leastLooks)
        self.mayLook = mayLook
    }

    mutating func wait(longest: UInt64 = 1_000_000) {
        if steps < .max { steps += 1 }
        if steps < looks {
            atoll_io_relax()
        } else if Bell.maySleep {
            let nap = bellSleep.takeNap()
            if nap == 0 { bellSleep.step() } else { atoll_io_nap(nap) }
            if mayLook { atoll_image_look() }
        } else if steps < looks + Self.yields {
            atoll_io_yield()
        } else {
            atoll_io_nap(nap(steps - looks - Self.yields + 1, longest))
            if mayLook { atoll_image_look() }
        }
    }

    /// As ``wait(longest:)``, for a thread that can be rung for: it makes no room, since then it sleeps at once,
    /// and until it is rung for.
    ///
    /// - Parameter heard: as read before it looked.
    mutating func waitForBell(_ heard: UInt64) {
        if steps < .max { steps += 1 }
        if steps < looks { atoll_io_relax() } else { atoll_io_bell_sleep(heard, Self.longestSleep) }
    }

    /// Whether it has come to that.
    var naps: Bool { steps >= looks + (Bell.maySleep ? 2 : Self.yields) }

    /// Grows fast to the longest, and then by as much again with every 64 naps: what has not come for
    /// seconds may come a hundredth of a second late, and others need the processor.
    private func nap(_ naps: UInt32, _ longest: UInt64) -> UInt64 {
        naps < 128
            ? min(20_000 * UInt64(naps), longest) : min(longest * UInt64(naps / 64), 16_000_000)
    }

    /// What was waited for is there.
    mutating func end() {
        looks = steps < looks ? min(looks * 2, Self.mostLooks) : max(looks / 2, Self.leastLooks)
        steps = 0
    }
}
