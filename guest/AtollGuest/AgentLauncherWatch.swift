// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// Whether a job's launcher still lives, as far as one can see from another VM: its own VM by the
/// host's word, itself by its heartbeat and our own clock.
struct LauncherWatch {
    let ticket: JobTicket
    private var heartbeat: UInt64 = 0
    private var changed: UInt64

    init(_ ticket: JobTicket, now: UInt64) {
        self.ticket = ticket
        changed = now
    }

    /// A launcher that has claimed a slot has this long to fill it, in nanoseconds: before that, its
    /// name and lease are not there to be read.
    private static var claim: UInt64 { 10_000_000_000 }
    /// The lease comes from the region; nobody may have his for longer than this.
    private static var longestLease: UInt64 { 600_000 }

    mutating func isGone(_ state: JobState, on board: JobBoard, now: UInt64) -> Bool {
        if state == .claimed { return now - changed > Self.claim }
        let launcher = board.launcher(ticket)
        if let slot = launcher.slot,
            !board.region.isAlive(slot: slot, incarnation: launcher.incarnation)
        {
            return true
        }
        let beat = board.launcherHeartbeat(ticket)
        if beat != heartbeat {
            heartbeat = beat
            changed = now
        }
        return now - changed > min(launcher.leaseMilliseconds, Self.longestLease) * 1_000_000
    }
}
