// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

// The names that gcc gives to loops with the `ordered` clause (libgomp_g.h).

@c
public func GOMP_loop_ordered_static_start(
    _ start: Int, _ end: Int, _ step: Int, _ chunk: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    LoopRequest(start, end, step, .cyclic, chunk)
        .begin(ThreadRecord.current, low, high, isOrdered: true)
}

@c
public func GOMP_loop_ordered_dynamic_start(
    _ start: Int, _ end: Int, _ step: Int, _ chunk: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    LoopRequest(start, end, step, .counted, chunk)
        .begin(ThreadRecord.current, low, high, isOrdered: true)
}

@c
public func GOMP_loop_ordered_guided_start(
    _ start: Int, _ end: Int, _ step: Int, _ chunk: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    LoopRequest(start, end, step, .guided, chunk)
        .begin(ThreadRecord.current, low, high, isOrdered: true)
}

@c
public func GOMP_loop_ordered_runtime_start(
    _ start: Int, _ end: Int, _ step: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(start, end, step, .block, 0)
    request.take(thread.environment, isMonotonic: true)
    return request.begin(thread, low, high, isOrdered: true)
}

@c
public func GOMP_loop_ordered_static_next(_ low: UInt64, _ high: UInt64) -> Bool {
    let thread = ThreadRecord.current
    Ordered.leave(thread)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ordered_dynamic_next(_ low: UInt64, _ high: UInt64) -> Bool {
    let thread = ThreadRecord.current
    Ordered.leave(thread)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ordered_guided_next(_ low: UInt64, _ high: UInt64) -> Bool {
    let thread = ThreadRecord.current
    Ordered.leave(thread)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ordered_runtime_next(_ low: UInt64, _ high: UInt64) -> Bool {
    let thread = ThreadRecord.current
    Ordered.leave(thread)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ordered_start(
    _ start: Int, _ end: Int, _ step: Int, _ schedule: Int, _ chunk: Int, _ low: UInt64,
    _ high: UInt64, _ reductions: UInt64, _ memory: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(start, end, step, .block, 0)
    request.take(schedule, UInt64(max(chunk, 0)), thread.environment)
    return Workshare.begin(thread, request, low, high, reductions, memory, isOrdered: true)
}

@c
public func GOMP_loop_ull_ordered_static_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ chunk: UInt64, _ low: UInt64,
    _ high: UInt64
) -> Bool {
    LoopRequest(isUp, start, end, step, .cyclic, chunk)
        .begin(ThreadRecord.current, low, high, isOrdered: true)
}

@c
public func GOMP_loop_ull_ordered_dynamic_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ chunk: UInt64, _ low: UInt64,
    _ high: UInt64
) -> Bool {
    LoopRequest(isUp, start, end, step, .counted, chunk)
        .begin(ThreadRecord.current, low, high, isOrdered: true)
}

@c
public func GOMP_loop_ull_ordered_guided_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ chunk: UInt64, _ low: UInt64,
    _ high: UInt64
) -> Bool {
    LoopRequest(isUp, start, end, step, .guided, chunk)
        .begin(ThreadRecord.current, low, high, isOrdered: true)
}

@c
public func GOMP_loop_ull_ordered_runtime_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(isUp, start, end, step, .block, 0)
    request.take(thread.environment, isMonotonic: true)
    return request.begin(thread, low, high, isOrdered: true)
}

@c
public func GOMP_loop_ull_ordered_static_next(_ low: UInt64, _ high: UInt64) -> Bool {
    let thread = ThreadRecord.current
    Ordered.leave(thread)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ull_ordered_dynamic_next(_ low: UInt64, _ high: UInt64) -> Bool {
    let thread = ThreadRecord.current
    Ordered.leave(thread)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ull_ordered_guided_next(_ low: UInt64, _ high: UInt64) -> Bool {
    let thread = ThreadRecord.current
    Ordered.leave(thread)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ull_ordered_runtime_next(_ low: UInt64, _ high: UInt64) -> Bool {
    let thread = ThreadRecord.current
    Ordered.leave(thread)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ull_ordered_start(
    _ isUp: Bool, _ start: UInt64, _ end: UInt64, _ step: UInt64, _ schedule: Int, _ chunk: UInt64,
    _ low: UInt64, _ high: UInt64, _ reductions: UInt64, _ memory: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(isUp, start, end, step, .block, 0)
    request.take(schedule, chunk, thread.environment)
    return Workshare.begin(thread, request, low, high, reductions, memory, isOrdered: true)
}
