// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

// The names that gcc gives to loops over signed variables (libgomp_g.h).

@c
public func GOMP_loop_static_start(
    _ start: Int, _ end: Int, _ step: Int, _ chunk: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    LoopRequest(start, end, step, .cyclic, chunk)
        .begin(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_dynamic_start(
    _ start: Int, _ end: Int, _ step: Int, _ chunk: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    LoopRequest(start, end, step, .counted, chunk)
        .begin(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_guided_start(
    _ start: Int, _ end: Int, _ step: Int, _ chunk: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    LoopRequest(start, end, step, .guided, chunk)
        .begin(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_nonmonotonic_dynamic_start(
    _ start: Int, _ end: Int, _ step: Int, _ chunk: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    LoopRequest(start, end, step, .stealing, chunk)
        .begin(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_nonmonotonic_guided_start(
    _ start: Int, _ end: Int, _ step: Int, _ chunk: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    LoopRequest(start, end, step, .guided, chunk)
        .begin(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_runtime_start(
    _ start: Int, _ end: Int, _ step: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(start, end, step, .block, 0)
    request.take(thread.environment, isMonotonic: true)
    return request.begin(thread, low, high)
}

@c
public func GOMP_loop_nonmonotonic_runtime_start(
    _ start: Int, _ end: Int, _ step: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(start, end, step, .block, 0)
    request.take(thread.environment, isMonotonic: false)
    return request.begin(thread, low, high)
}

@c
public func GOMP_loop_maybe_nonmonotonic_runtime_start(
    _ start: Int, _ end: Int, _ step: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(start, end, step, .block, 0)
    request.take(thread.environment, isMonotonic: false)
    return request.begin(thread, low, high)
}

@c
public func GOMP_loop_static_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_dynamic_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.nextDynamic(low, high)
}

@c
public func GOMP_loop_guided_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_nonmonotonic_dynamic_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_nonmonotonic_guided_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_runtime_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_nonmonotonic_runtime_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_maybe_nonmonotonic_runtime_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_start(
    _ start: Int, _ end: Int, _ step: Int, _ schedule: Int, _ chunk: Int, _ low: UInt64,
    _ high: UInt64, _ reductions: UInt64, _ memory: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(start, end, step, .block, 0)
    request.take(schedule, UInt64(max(chunk, 0)), thread.environment)
    return Workshare.begin(thread, request, low, high, reductions, memory)
}

@c
public func GOMP_loop_end() { Barrier.pass(ThreadRecord.current, .implicitWorkshare) }

@c
public func GOMP_loop_end_nowait() { if Ompt.isOn { Ompt.workEnds(ThreadRecord.current) } }

@c
public func GOMP_loop_end_cancel() -> Bool {
    Barrier.pass(ThreadRecord.current, .implicitWorkshare, cancels: true)
}
