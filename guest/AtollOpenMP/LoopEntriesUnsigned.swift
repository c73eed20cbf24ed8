// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

// The names that gcc gives to loops over unsigned long long variables (libgomp_g.h).

@c
public func GOMP_loop_ull_static_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ chunk: UInt64, _ low: UInt64,
    _ high: UInt64
) -> Bool {
    LoopRequest(isUp, start, end, step, .cyclic, chunk)
        .begin(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_ull_dynamic_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ chunk: UInt64, _ low: UInt64,
    _ high: UInt64
) -> Bool {
    LoopRequest(isUp, start, end, step, .counted, chunk)
        .begin(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_ull_guided_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ chunk: UInt64, _ low: UInt64,
    _ high: UInt64
) -> Bool {
    LoopRequest(isUp, start, end, step, .guided, chunk)
        .begin(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_ull_nonmonotonic_dynamic_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ chunk: UInt64, _ low: UInt64,
    _ high: UInt64
) -> Bool {
    LoopRequest(isUp, start, end, step, .stealing, chunk)
        .begin(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_ull_nonmonotonic_guided_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ chunk: UInt64, _ low: UInt64,
    _ high: UInt64
) -> Bool {
    LoopRequest(isUp, start, end, step, .guided, chunk)
        .begin(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_ull_runtime_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(isUp, start, end, step, .block, 0)
    request.take(thread.environment, isMonotonic: true)
    return request.begin(thread, low, high)
}

@c
public func GOMP_loop_ull_nonmonotonic_runtime_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(isUp, start, end, step, .block, 0)
    request.take(thread.environment, isMonotonic: false)
    return request.begin(thread, low, high)
}

@c
public func GOMP_loop_ull_maybe_nonmonotonic_runtime_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(isUp, start, end, step, .block, 0)
    request.take(thread.environment, isMonotonic: false)
    return request.begin(thread, low, high)
}

@c
public func GOMP_loop_ull_static_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_ull_dynamic_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.nextDynamic(low, high)
}

@c
public func GOMP_loop_ull_guided_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_ull_nonmonotonic_dynamic_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_ull_nonmonotonic_guided_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_ull_runtime_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_ull_nonmonotonic_runtime_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_ull_maybe_nonmonotonic_runtime_next(_ low: UInt64, _ high: UInt64) -> Bool {
    Loop.next(ThreadRecord.current, low, high)
}

@c
public func GOMP_loop_ull_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ schedule: Int, _ chunk: UInt64,
    _ low: UInt64, _ high: UInt64, _ reductions: UInt64, _ memory: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(isUp, start, end, step, .block, 0)
    request.take(schedule, chunk, thread.environment)
    return Workshare.begin(thread, request, low, high, reductions, memory)
}
