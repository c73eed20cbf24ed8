// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

/// Regions whose threads are in a loop, or in sections, from the beginning on: `parallel for` and `parallel
/// sections`, as gcc translates them where the bounds are known before the fork. The loop stands in two
/// lines of the team, until the join.
struct Combined: ImageRecord {
    let offset: Int
    @inline(__always) init(_ offset: Int) { self.offset = offset }

    /// - Parameters:
    ///   - bind: of a proc_bind clause; 0: none.
    ///   - runs: also runs the encountering thread's share and joins.
    static func fork(
        _ function: UInt64, _ data: UInt64, _ threads: Int, _ loop: LoopRequest,
        most: Int = .max, bind: UInt64 = 0, runs: Bool
    ) {
        let thread = ThreadRecord.current
        let count = Parallel.size(thread, threads, most: most)
        if atoll_core_binds() != 0 { Places.arrange(thread, count, bind) }
        // The hot team, or the one that the fork will make: the words must be there before.
        var team = thread.seat.hotTeam
        if team.isNone || team.members < count {
            team = Teams.grown(thread.seat, thread, to: count)
        }
        let combined = Combined(team.offset + TeamRecord.combinedLine)
        combined.set(0, function)
        combined.set(8, data)
        combined.set(16, loop.start)
        combined.set(24, loop.trips)
        combined.set(32, loop.increment)
        combined.set(40, UInt64(loop.kind.rawValue))
        combined.set(48, loop.chunk)
        if Ompt.isOn { combined.set(56, (most == .max ? Ompt.Work.none : .sections).rawValue) }
        Parallel.fork(
            thread, atoll_core_combined_address(), UInt64(combined.address), count, bind: bind,
            isCalled: runs)
        combined.begin(thread)
        if runs {
            atoll_call(function, data)
            Parallel.join(thread)
        }
    }

    @inline(__always)
    func begin(_ thread: ThreadRecord) {
        if Ompt.isOn { thread.nextWork = get(56) }
        Loop.begin(
            thread, get(16), get(24), get(32),
            LoopKind(rawValue: UInt8(truncatingIfNeeded: get(40))) ?? .block, get(48))
    }
}

/// What a worker runs in such a region.
@c
public func atoll_core_combined(_ data: UInt64) {
    let combined = Combined(Int(truncatingIfNeeded: data &- UInt64(ImageWords.base)))
    combined.begin(ThreadRecord.current)
    atoll_call(combined.get(0), combined.get(8))
}
