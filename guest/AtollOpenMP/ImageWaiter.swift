// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import AtollSystem
internal import CAtollOpenMP

/// How every thread of the runtime waits for a word of the image: it looks again at once for a while, then
/// with pauses of the processor, then sleeps until it is rung for (``Bell``); where not all ranks ring, it
/// lets others run, then naps, longer and longer up to half a millisecond, or to a 256th of the time that it
/// has waited; from the end of the spinning on it looks now and then whether the program has ended or a rank is
/// lost, in which case the process ends and the wait never does.
///
///     var waiter = ImageWaiter(thread)
///     while word is not there { waiter.step() }
///     waiter.end()
///
/// The wait's length teaches the next one of the same thread how long to spin: on an overcommitted machine
/// the other side needs this CPU.
struct ImageWaiter: Waiter, CrewWaiter {
    static var shortestNap: UInt64 { 20_000 }
    static var longestNap: UInt64 { 500_000 }
    static var longestOfAll: UInt64 { 8_000_000 }
    /// Looks without a pause between them: what comes from another core comes within these, or late.
    static var looks: Int32 { 64 }

    private var left: Int32
    private var looksLeft: Int32
    private let thread: ThreadRecord
    private let kind: Figures.Kind
    private let began: UInt64
    private var started: UInt64 = 0
    private var nap = ImageWaiter.shortestNap
    private var bellSleep = BellSleep()

    @inline(__always)
    init(_ thread: ThreadRecord, _ kind: Figures.Kind = .other, looks: Int32 = Self.looks) {
        self.thread = thread
        self.kind = kind
        began = Figures.begin()
        left = Int32(truncatingIfNeeded: thread.spin & 0xffff_ffff)
        looksLeft = looks
        Bell.rouse()
    }

    /// For a thread that has no record, or none yet.
    init() {
        thread = .none
        kind = .other
        began = 0
        left = 400
        looksLeft = Self.looks
        Bell.rouse()
    }

    /// After a look that found nothing.
    @inline(__always)
    mutating func step() {
        if looksLeft > 0 {
            looksLeft &-= 1
        } else if left > 0 {
            left &-= 1
            Processor.pause()
        } else {
            slowly()
        }
    }

    @inline(never)
    private mutating func slowly() {
        let now = MonotonicClock.now()
        if started == 0 {
            started = now
            if !thread.isNone { Spin.miss(thread) }
        }
        // What others wait for meanwhile, if this is the process that has the program's descriptors.
        if !thread.isNone, atoll_io_serve_one() {
            nap = Self.shortestNap
            return
        }
        atoll_image_look()
        if Bell.maySleep {
            let nap = bellSleep.takeNap()
            if nap == 0 { bellSleep.step() } else { MonotonicClock.sleep(nanoseconds: nap) }
            return
        }
        if now &- started < Spin.yielding { return Processor.yield() }
        MonotonicClock.sleep(nanoseconds: nap)
        // Each nap's end costs time that others have a use for.
        let longest = min(max((now &- started) >> 8, Self.longestNap), Self.longestOfAll)
        nap = min(nap * 2, longest)
    }

    /// Whether it has waited longer than spinning is worth.
    @inline(__always) var isLong: Bool { started != 0 }

    /// When the wait is over.
    @inline(__always)
    func end() {
        Figures.end(thread, kind, began)
        if started == 0, looksLeft < Self.looks, !thread.isNone { Spin.hit(thread) }
    }

    // MARK: For the algorithms of AtollSync

    @inline(__always)
    func rouse() { Bell.rouse() }

    @inline(__always)
    mutating func wait() throws(SyncError) { step() }

    @inline(__always)
    mutating func pause(_ times: Int) {
        var count = times
        while count > 0 {
            Processor.pause()
            count &-= 1
        }
    }
}
