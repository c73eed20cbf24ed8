// SPDX-License-Identifier: Apache-2.0

/// The places between two changes of the world or the ledger where a daemon can die. Tests kill it
/// at each of them; in production nobody listens.
public enum Step: String, Sendable, CaseIterable {
    case groupRecorded, accountOpened, quotaRecorded, groupForgotten
    case ticketTaken, regionFilled, accountClosed
    case regionRecorded, regionMade, regionNamed, regionReady
    case memberRecorded, memberAssigned
    case attachedLive, attachedStored, attachRecorded
    case drained, detachedLive, detachedStored, attachmentForgotten
    case deleteRecorded, objectUnlinked, regionForgotten
    case memberLeaving, memberForgotten
    // A VM stopped: said in its regions, then in the ledger. It began a boot: the reverse.
    case lossMarked, lossRecorded, bootRecorded, bootAssigned
    case jobPosted
    case pauseRecorded, paused, resumed
    case restoreRecorded, restoredPart, restoredAll
    case objectHidden
    // Who may connect to a doorbell server, and that it runs.
    case doorbellSeated, doorbellServed, doorbellClosed
    case moveRecorded, moved
}
