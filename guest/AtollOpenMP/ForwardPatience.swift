// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

/// How a thread waits for one of another kernel: it looks often at first, then makes room, then naps
/// ever longer, and sees whether the program has ended.
struct ForwardPatience {
    private var steps: UInt64 = 0
    private let mayLook: Bool

    /// - Parameter mayLook: whether this thread notices the program's end itself: rank 0's serving
    ///   threads go down with their process.
    init(mayLook: Bool = true) { self.mayLook = mayLook }

    mutating func wait() {
        steps += 1
        if steps < 2_000 {
            atoll_io_relax()
        } else if steps < 2_100 {
            atoll_io_yield()
        } else {
            atoll_io_nap(min(20_000 * (steps - 2_099), 1_000_000))
            if mayLook { atoll_image_look() }
        }
    }

    mutating func reset() { steps = 0 }
}
