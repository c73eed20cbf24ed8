// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// What newer forms of the work-sharing constructs ask for beside iterations: memory that their threads
/// share, and reductions in which tasks take part.
enum Workshare {
    /// A loop with these. Without addresses for its first iterations it is a static one, whose iterations the
    /// program knows itself.
    static func begin(
        _ thread: ThreadRecord, _ request: LoopRequest, _ low: UInt64, _ high: UInt64,
        _ reductions: UInt64, _ memory: UInt64, isOrdered: Bool = false
    ) -> Bool {
        request.begin(thread, isOrdered: isOrdered)
        if reductions != 0 || memory != 0 {
            share(thread, Construct.enter(thread), reductions, memory)
        }
        return low == 0 || Loop.next(thread, low, high)
    }

    /// - Parameters:
    ///   - construct: that the thread has entered.
    ///   - reductions: the address of what the compiler says of them; 0: there are none.
    ///   - memory: the address of a word with the bytes wanted, which becomes their address; 0: none wanted.
    static func share(
        _ thread: ThreadRecord, _ construct: UInt64, _ reductions: UInt64, _ memory: UInt64
    ) {
        if reductions == 0, memory == 0 { return }
        if reductions != 0 { TaskReductions.beginWorkshare(thread) }
        let bytes = memory == 0 ? 0 : atoll_core_get(memory)
        var isFirst = false
        // The first word: what the first thread has registered.
        let block = Construct.memory(thread, construct, bytes + 16) { block in
            isFirst = true
            if reductions != 0 { TaskReductions.registerFirst(thread, reductions) }
            atoll_core_put(block, reductions)
        }
        if block == 0 { atoll_core_no_memory() }
        if reductions != 0, !isFirst {
            TaskReductions.registerLater(thread, reductions, first: atoll_core_get(block))
        }
        if memory != 0 { atoll_core_put(memory, block + 16) }
    }
}
