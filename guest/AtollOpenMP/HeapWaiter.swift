// SPDX-License-Identifier: Apache-2.0
internal import AtollSync
internal import CAtollOpenMP

/// How to wait for the heap, whose lock is held for a moment only.
struct HeapWaiter: Waiter {
    private var looks: UInt64 = 0

    mutating func wait() throws(SyncError) {
        looks += 1
        if looks < 100 { return atoll_pause() }
        // Its holder may have been preempted, or have died.
        if looks % 1000 == 0 { atoll_image_look() }
        atoll_sys_yield()
    }
}
