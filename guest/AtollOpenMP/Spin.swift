// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem
internal import CAtollOpenMP

/// How long waits spin. A thread's record holds the pauses of its next wait in the lower half of a word,
/// and how many of its waits have missed in a row in the upper one.
enum Spin {
    /// Nanoseconds after the spinning in which a wait only lets others run.
    static var yielding: UInt64 { 400_000 }
    /// Where nothing else is said: longer than what most regions' threads come apart, and far below what
    /// a person sees.
    static var standard: UInt64 { 200_000 }

    /// Pauses of the processor that make up what the settings say. The limit of this process's threads.
    static func limit(_ settings: Settings) -> UInt64 {
        let start = MonotonicClock.now()
        for _ in 0..<64 { Processor.pause() }
        let pause = max((MonotonicClock.now() &- start) / 64, 1)
        let wish = settings.spin == .max ? standard : min(settings.spin, 10_000_000)
        return min(wish / pause, 1_000_000)
    }

    @inline(__always)
    static func hit(_ thread: ThreadRecord) {
        if thread.spin >> 32 != 0 { hitSlowly(thread) }
    }

    @inline(never)
    private static func hitSlowly(_ thread: ThreadRecord) { thread.spin = thread.spinLimit }

    /// Less and less, since the other side probably needs this CPU, or comes late anyhow. Now and then the
    /// next wait tries again, ever more rarely.
    static func miss(_ thread: ThreadRecord) {
        let misses = min((thread.spin >> 32) + 1, 0xffff)
        let isPowerOfFour = misses & (misses - 1) == 0 && misses & 0x5555 != 0
        let pauses =
            misses >= 16 && isPowerOfFour || misses & 4095 == 0
            ? thread.spinLimit : (thread.spin & 0xffff_ffff) >> 3
        thread.spin = misses << 32 | pauses
    }
}
