// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// How a thread waits for a word of the program's objects to change: it spins, yields, then sleeps; woken by
/// threads of its own process, and looking again by itself now and then for those of other ranks.
struct PthreadWait {
    private var looks = 0
    private var sleep: UInt64 = 50_000
    /// Whether a signal has ended the last sleep.
    private(set) var isInterrupted = false
    private let clock: Int32
    private let deadline: UInt64

    /// A wait without an end.
    init() {
        clock = 0
        deadline = .max
    }

    /// - Parameter deadline: of this clock, in nanoseconds.
    init(clock: Int32, until deadline: UInt64) {
        self.clock = clock
        self.deadline = deadline
    }

    /// Whether the next step is to sleep.
    var isAsleep: Bool { looks >= 43 }

    /// The longest sleep. With one rank it is for the few moments in which a wake goes to the wrong
    /// thread.
    private var longest: UInt64 { atoll_ranks() > 1 ? 1_000_000 : 5_000_000 }

    /// Waits a little, while the word has this value.
    ///
    /// - Returns: `false`: the deadline has passed.
    mutating func wait(_ word: ImageWord32, while value: UInt32) -> Bool {
        looks += 1
        if looks < 40 {
            for _ in 0..<16 { atoll_pause() }
            return true
        }
        if deadline != .max && atoll_clock_now(clock) >= deadline { return false }
        if looks < 44 {
            atoll_sys_yield()
            return true
        }
        atoll_image_look()
        var ns = atoll_ranks() > 1 ? sleep : longest
        sleep = min(sleep + sleep / 2, longest)
        if deadline != .max {
            let now = atoll_clock_now(clock)
            if now >= deadline { return false }
            ns = min(ns, deadline - now)
        }
        isInterrupted = !atoll_sleep_on(UInt64(word.address), value, ns)
        return true
    }
}

/// A 32-bit word of an object that the program has made.
@inline(__always)
func word(_ object: UInt, _ offset: Int32) -> ImageWord32 {
    // SAFETY: the program promises an object of POSIX threads, which is aligned to 4 and mapped while
    // it is used.
    unsafe ImageWord32(at: object &+ UInt(truncatingIfNeeded: offset))
}

/// Who the calling thread is, among those of all ranks: its seat at the heap.
@inline(__always)
func pthreadSelf() -> UInt32 {
    let seat = ImageHeap.seat
    return UInt32(truncatingIfNeeded: seat != 0 ? seat : ImageHeap.join())
}
