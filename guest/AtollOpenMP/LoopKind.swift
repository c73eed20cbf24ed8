// SPDX-License-Identifier: Apache-2.0

/// How a loop's iterations get to the threads.
enum LoopKind: UInt8 {
    case ended = 0
    /// One block for each thread.
    case block = 1
    /// Chunks in turn.
    case cyclic = 2
    /// Chunks from a count that all share, in order: dynamic, monotonic; sections.
    case counted = 3
    /// Ever smaller chunks, in order.
    case guided = 4
    /// Each thread begins with the chunks of its block, and takes from others when they are done: dynamic,
    /// nonmonotonic.
    case stealing = 5
    /// Counted, when the thread has had its first chunk.
    case counting = 6

    /// Of `omp_sched_t` (1 static, 2 dynamic, 3 guided, 4 auto), without its modifier.
    @inline(__always)
    init(schedule: UInt64, chunk: UInt64, isMonotonic: Bool) {
        switch schedule {
        case 2: self = isMonotonic ? .counted : .stealing
        case 3: self = .guided
        case 1: self = chunk == 0 ? .block : .cyclic
        default: self = .block
        }
    }
}
