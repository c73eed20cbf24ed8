// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync

/// The `cancel` and `cancellation point` constructs (OpenMP 5.1, section 2.20). What is cancelled is named
/// by numbers that the next construct does not have, so that nothing need be reset.
enum Cancellation {
    /// As compilers name the construct that is to end.
    enum What: Int32 {
        case parallel = 1
        case loop = 2
        case sections = 4
        case group = 8
    }

    @inline(__always)
    static func isRegion(_ thread: ThreadRecord) -> Bool {
        thread.team.isCancelled(thread.seat.generation)
    }

    /// Whether the loop or sections that the thread is in have been cancelled. Such a construct has a
    /// barrier at its end, which names it.
    @inline(__always)
    static func isWork(_ thread: ThreadRecord) -> Bool {
        thread.team.get(TeamRecord.cancelledWork) == thread.seat.barriers &+ 1
    }

    @inline(__always)
    static func isHere(_ thread: ThreadRecord) -> Bool { isWork(thread) || isRegion(thread) }

    /// Whether the thread is to leave that construct.
    static func point(_ thread: ThreadRecord, _ what: What) -> Bool {
        if !Settings.shared.isCancellable || thread.team.parent.isNone { return false }
        switch what {
        case .parallel: return isRegion(thread)
        case .loop, .sections: return isWork(thread)
        case .group: return Tasks.isGroupCancelled(thread) || isRegion(thread)
        }
    }

    /// Ends the construct, for all its threads, where it may.
    static func cancel(_ thread: ThreadRecord, _ what: What) -> Bool {
        if !Settings.shared.isCancellable { return false }
        switch what {
        case .parallel:
            if thread.team.parent.isNone { return true }
            thread.team.crew.cancel(thread.seat.generation)
        case .loop, .sections:
            thread.team.store(TeamRecord.cancelledWork, thread.seat.barriers &+ 1)
        case .group:
            Tasks.cancelGroup(thread)
        }
        return true
    }
}

@c
public func GOMP_cancel(_ what: Int32, _ isWanted: Bool) -> Bool {
    guard let what = Cancellation.What(rawValue: what) else { return false }
    let thread = ThreadRecord.current
    if Ompt.isOn, isWanted, Settings.shared.isCancellable { Ompt.cancels(thread, what, 0x10) }
    return isWanted ? Cancellation.cancel(thread, what) : Cancellation.point(thread, what)
}

@c
public func GOMP_cancellation_point(_ what: Int32) -> Bool {
    guard let what = Cancellation.What(rawValue: what) else { return false }
    let thread = ThreadRecord.current
    let isHere = Cancellation.point(thread, what)
    if Ompt.isOn, isHere { Ompt.cancels(thread, what, 0x20) }
    return isHere
}

@c
public func GOMP_barrier_cancel() -> Bool {
    Barrier.pass(ThreadRecord.current, .explicit, cancels: true)
}
