// SPDX-License-Identifier: Apache-2.0
import AtollRegion

/// Bytes that the daemon reads of one region at most, whatever is written there: what a test with a rogue
/// compares with what was read. Everything follows from the region's size.
enum LookCost {
    /// The look ten times a second: two lines of each slot; of each job, whether its parts are over; one
    /// job cleared away with its rings and objects.
    static func look(_ layout: RegionLayout) -> Int {
        let board = layout.jobSlots * (64 + RegionLayout.memberSlots * 64)
        return RegionLayout.memberSlots * 2 * 64 + board + 8 * layout.rings
            + 16 * layout.directoryEntries
    }

    /// The look for stuck jobs once a second, and a report of locks: entries that change all the time are
    /// read 16 times; so many threads, and one team more.
    static func view(_ layout: RegionLayout) -> Int {
        let entries = 16 * (layout.directoryEntries * 128 + RegionLayout.memberSlots * 256)
        let threads = (SyncView.looked + TeamLayout.largestTeam) * TeamLayout.threadBytes
        // Of a thread that does not say where it runs, the job's list of members.
        let names = layout.directoryEntries * 2 * SyncView.listed * 64
        // Twice, where somebody is stuck: to see it, and to tell it.
        return 2 * (entries + threads) + names + layout.directoryEntries * SyncLayout.bytes + 4096
    }
}
