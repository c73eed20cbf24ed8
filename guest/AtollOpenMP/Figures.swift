// SPDX-License-Identifier: Apache-2.0
internal import AtollSystem
internal import CAtollOpenMP

/// What a thread does with its time, for the launcher's report. Only where that is wanted; else it costs
/// a look at a flag where a thread waits or enters a region.
struct Figures {
    enum Kind: Int {
        case region = 0
        case barrier = 2
        case lock = 4
        case loop = 6
        case other = 8
    }

    private let thread: ThreadRecord
    private static var depth: Int { 14 }
    private static var began: Int { 15 }

    @inline(__always)
    private init(_ thread: ThreadRecord) { self.thread = thread }

    private func field(_ index: Int) -> Int { ThreadRecord.reportLine + 8 * index }

    /// Now; 0 where nobody wants to know.
    @inline(__always)
    static func begin() -> UInt64 { atoll_is_reported() ? MonotonicClock.now() : 0 }

    /// A wait is over that began then.
    @inline(__always)
    static func end(_ thread: ThreadRecord, _ kind: Kind, _ began: UInt64) {
        if began != 0, !thread.isNone { Figures(thread).add(kind, since: began) }
    }

    /// The thread's own share of a parallel region begins.
    @inline(__always)
    static func enterRegion(_ thread: ThreadRecord) {
        if atoll_is_reported() { Figures(thread).enter() }
    }

    @inline(__always)
    static func leaveRegion(_ thread: ThreadRecord) {
        if atoll_is_reported() { Figures(thread).leave() }
    }

    @inline(never)
    private func add(_ kind: Kind, since began: UInt64) {
        let (count, time) = (field(kind.rawValue), field(kind.rawValue + 1))
        thread.set(count, thread.get(count) &+ 1)
        thread.set(time, thread.get(time) &+ (MonotonicClock.now() &- began))
    }

    @inline(never)
    private func enter() {
        let depth = thread.get(field(Self.depth))
        if depth == 0 { thread.set(field(Self.began), MonotonicClock.now()) }
        thread.set(field(Self.depth), depth &+ 1)
    }

    @inline(never)
    private func leave() {
        let depth = thread.get(field(Self.depth))
        guard depth > 0 else { return }
        thread.set(field(Self.depth), depth &- 1)
        if depth == 1 { add(.region, since: thread.get(field(Self.began))) }
    }
}
