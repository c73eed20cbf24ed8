// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// The names that gcc gives to loops with `ordered(n)` (libgomp_g.h).

@c
public func GOMP_loop_doacross_static_start(
    _ dimensions: UInt32, _ counts: UInt64, _ chunk: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    let count = atoll_core_get(counts)
    let request = LoopRequest(true, 0, count, 1, .cyclic, UInt64(max(chunk, 0)))
    Doacross.begin(thread, dimensions, counts, request)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_doacross_dynamic_start(
    _ dimensions: UInt32, _ counts: UInt64, _ chunk: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    let count = atoll_core_get(counts)
    let request = LoopRequest(true, 0, count, 1, .counted, UInt64(max(chunk, 0)))
    Doacross.begin(thread, dimensions, counts, request)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_doacross_guided_start(
    _ dimensions: UInt32, _ counts: UInt64, _ chunk: Int, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    let count = atoll_core_get(counts)
    let request = LoopRequest(true, 0, count, 1, .guided, UInt64(max(chunk, 0)))
    Doacross.begin(thread, dimensions, counts, request)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_doacross_runtime_start(
    _ dimensions: UInt32, _ counts: UInt64, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(true, 0, atoll_core_get(counts), 1, .block, 0)
    request.take(thread.environment, isMonotonic: true)
    Doacross.begin(thread, dimensions, counts, request)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_doacross_start(
    _ dimensions: UInt32, _ counts: UInt64, _ schedule: Int, _ chunk: Int, _ low: UInt64,
    _ high: UInt64, _ reductions: UInt64, _ memory: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(true, 0, atoll_core_get(counts), 1, .block, 0)
    request.take(schedule, UInt64(max(chunk, 0)), thread.environment)
    Doacross.begin(thread, dimensions, counts, request)
    if reductions != 0 || memory != 0 {
        Workshare.share(thread, Construct.enter(thread), reductions, memory)
    }
    return low == 0 || Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ull_doacross_static_start(
    _ dimensions: UInt32, _ counts: UInt64, _ chunk: UInt64, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    let count = atoll_core_get(counts)
    let request = LoopRequest(true, 0, count, 1, .cyclic, chunk)
    Doacross.begin(thread, dimensions, counts, request)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ull_doacross_dynamic_start(
    _ dimensions: UInt32, _ counts: UInt64, _ chunk: UInt64, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    let count = atoll_core_get(counts)
    let request = LoopRequest(true, 0, count, 1, .counted, chunk)
    Doacross.begin(thread, dimensions, counts, request)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ull_doacross_guided_start(
    _ dimensions: UInt32, _ counts: UInt64, _ chunk: UInt64, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    let count = atoll_core_get(counts)
    let request = LoopRequest(true, 0, count, 1, .guided, chunk)
    Doacross.begin(thread, dimensions, counts, request)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ull_doacross_runtime_start(
    _ dimensions: UInt32, _ counts: UInt64, _ low: UInt64, _ high: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(true, 0, atoll_core_get(counts), 1, .block, 0)
    request.take(thread.environment, isMonotonic: true)
    Doacross.begin(thread, dimensions, counts, request)
    return Loop.next(thread, low, high)
}

@c
public func GOMP_loop_ull_doacross_start(
    _ dimensions: UInt32, _ counts: UInt64, _ schedule: Int, _ chunk: UInt64, _ low: UInt64,
    _ high: UInt64, _ reductions: UInt64, _ memory: UInt64
) -> Bool {
    let thread = ThreadRecord.current
    var request = LoopRequest(true, 0, atoll_core_get(counts), 1, .block, 0)
    request.take(schedule, chunk, thread.environment)
    Doacross.begin(thread, dimensions, counts, request)
    if reductions != 0 || memory != 0 {
        Workshare.share(thread, Construct.enter(thread), reductions, memory)
    }
    return low == 0 || Loop.next(thread, low, high)
}
