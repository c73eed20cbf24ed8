// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

/// The `sections` construct (OpenMP 5.1, section 2.10.1): a loop over the sections, which are counted
/// from 1.
enum Sections {
    @inline(__always)
    static func request(_ count: UInt32) -> LoopRequest {
        LoopRequest(0, Int(count), 1, .counted, 1)
    }

    /// The next one; 0: there is none left.
    @inline(__always)
    static func next(_ thread: ThreadRecord) -> UInt32 {
        Loop.next(thread) ? UInt32(truncatingIfNeeded: thread.seat.loop.low &+ 1) : 0
    }
}

@c
public func GOMP_sections_start(_ count: UInt32) -> UInt32 {
    let thread = ThreadRecord.current
    if Ompt.isOn { thread.nextWork = Ompt.Work.sections.rawValue }
    Sections.request(count).begin(thread)
    return Sections.next(thread)
}

@c
public func GOMP_sections2_start(
    _ count: UInt32, _ reductions: UInt64, _ memory: UInt64
) -> UInt32 {
    let thread = ThreadRecord.current
    if Ompt.isOn { thread.nextWork = Ompt.Work.sections.rawValue }
    Sections.request(count).begin(thread)
    if reductions != 0 || memory != 0 {
        Workshare.share(thread, Construct.enter(thread), reductions, memory)
    }
    return Sections.next(thread)
}

@c
public func GOMP_sections_next() -> UInt32 { Sections.next(ThreadRecord.current) }

@c
public func GOMP_sections_end() { Barrier.pass(ThreadRecord.current, .implicitWorkshare) }

@c
public func GOMP_sections_end_nowait() { GOMP_loop_end_nowait() }

@c
public func GOMP_sections_end_cancel() -> Bool {
    Barrier.pass(ThreadRecord.current, .implicitWorkshare, cancels: true)
}

@c
public func GOMP_parallel_sections_start(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ count: UInt32
) {
    Combined.fork(
        function, data, Int(threads), Sections.request(count), most: Int(count), runs: false)
}

@c
public func GOMP_parallel_sections(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ count: UInt32, _ flags: UInt32
) {
    Combined.fork(
        function, data, Int(threads), Sections.request(count), most: Int(count),
        bind: UInt64(flags & 7), runs: true)
}

@c
public func GOMP_scope_start(_ reductions: UInt64) {
    let thread = ThreadRecord.current
    Workshare.share(thread, Construct.enter(thread), reductions, 0)
}
