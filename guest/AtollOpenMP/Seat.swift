// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// One thread's place in a team: its implicit task. 12 lines of 64 bytes.
///
/// Every thread of a team comes to the same barriers and work-sharing constructs in the same order, so each
/// counts them for itself, and equal counts mean the same construct. That is what makes the team's
/// words cheap: none must be initialised by a first thread, or given back by a last one.
struct Seat: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    static var bytes: Int { Crew<ImageWords>.seatBytes }

    // MARK: Line 0: written by the owner, looked at by the team

    // See ``Crew``.

    // Line 1 stays empty: processors fetch lines in pairs, and line 0 is what others look at.

    // MARK: Line 10: the owner's own

    /// Barriers so far.
    @inline(__always) var barriers: UInt64 {
        get { get(640) }
        nonmutating set { set(640, newValue) }
    }
    /// The work-sharing construct (of those that count in the team's ring) that it has come to. Others
    /// look at it only where the ring is full.
    static var constructField: Int { Crew<ImageWords>.constructAt }
    /// The loop with stealing that it has come to.
    static var stealingField: Int { Crew<ImageWords>.stealingAt }
    /// Up to which construct the team's ring is known to be free.
    @inline(__always) var safeConstruct: UInt64 {
        get { get(Self.safeConstructField) }
        nonmutating set { set(Self.safeConstructField, newValue) }
    }
    static var safeConstructField: Int { 648 }
    /// The same for loops with stealing.
    @inline(__always) var safeStealing: UInt64 {
        get { get(Self.safeStealingField) }
        nonmutating set { set(Self.safeStealingField, newValue) }
    }
    static var safeStealingField: Int { 656 }
    @inline(__always) var team: TeamRecord {
        get { record(664) }
        nonmutating set { set(664, newValue) }
    }
    @inline(__always) var number: Int {
        get { integer(672) }
        nonmutating set { set(672, newValue) }
    }
    /// The team that this task has forked before, kept for the next time.
    @inline(__always) var hotTeam: TeamRecord {
        get { record(680) }
        nonmutating set { set(680, newValue) }
    }
    /// The generation of the region that it is in, or was in last.
    @inline(__always) var generation: UInt64 {
        get { get(688) }
        nonmutating set { set(688, newValue) }
    }
    /// The thread that sits here; 0: it has left.
    static var threadField: Int { 696 }
    @inline(__always) var thread: ThreadRecord {
        get { record(120) }
        nonmutating set { set(120, newValue) }
    }

    // MARK: Line 2: iterations that are still its own, for the last eight loops with stealing

    static var stealLine: Int { Crew<ImageWords>.stealAt }

    // MARK: Line 3: the constructs that it has come to, see above

    /// Where the thread is to run, as ``ThreadRecord/place`` says it.
    @inline(__always) var place: UInt64 {
        get { get(208) }
        nonmutating set { set(208, newValue) }
    }

    // MARK: Line 8: the ICVs of the implicit task

    @inline(__always) var environment: TaskEnvironment { TaskEnvironment(offset &+ 512) }

    // MARK: Lines 4 and 5: the loop or sections that it is in (see Loop, Ordered, Doacross)

    @inline(__always) var loop: LoopRecord { LoopRecord(offset &+ 256) }

    // MARK: Lines 6 and 7: the tasks' own words of the implicit task

    static var tasksLine: Int { 384 }
}
