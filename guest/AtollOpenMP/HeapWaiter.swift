// SPDX-License-Identifier: Apache-2.0
internal import AtollSync
internal import CAtollOpenMP

/// How to wait for the heap, whose lock is held for a moment only.
struct HeapWaiter: Waiter {
    private var looks: UInt64 = 0

    mutating func wait() throws(SyncError) {
        looks += 1
        atoll_memory_wait(looks)
    }
}
