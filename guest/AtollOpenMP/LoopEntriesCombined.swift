// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion

// The names that gcc gives to `parallel for` (libgomp_g.h).

@c
public func GOMP_parallel_loop_static_start(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ start: Int, _ end: Int, _ step: Int,
    _ chunk: Int
) {
    Combined.fork(
        function, data, Int(threads),
        LoopRequest(start, end, step, .cyclic, chunk), runs: false)
}

@c
public func GOMP_parallel_loop_static(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ start: Int, _ end: Int, _ step: Int,
    _ chunk: Int, _ flags: UInt32
) {
    Combined.fork(
        function, data, Int(threads),
        LoopRequest(start, end, step, .cyclic, chunk), bind: UInt64(flags & 7), runs: true)
}

@c
public func GOMP_parallel_loop_dynamic_start(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ start: Int, _ end: Int, _ step: Int,
    _ chunk: Int
) {
    Combined.fork(
        function, data, Int(threads),
        LoopRequest(start, end, step, .counted, chunk), runs: false)
}

@c
public func GOMP_parallel_loop_dynamic(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ start: Int, _ end: Int, _ step: Int,
    _ chunk: Int, _ flags: UInt32
) {
    Combined.fork(
        function, data, Int(threads),
        LoopRequest(start, end, step, .counted, chunk), bind: UInt64(flags & 7), runs: true)
}

@c
public func GOMP_parallel_loop_guided_start(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ start: Int, _ end: Int, _ step: Int,
    _ chunk: Int
) {
    Combined.fork(
        function, data, Int(threads),
        LoopRequest(start, end, step, .guided, chunk), runs: false)
}

@c
public func GOMP_parallel_loop_guided(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ start: Int, _ end: Int, _ step: Int,
    _ chunk: Int, _ flags: UInt32
) {
    Combined.fork(
        function, data, Int(threads),
        LoopRequest(start, end, step, .guided, chunk), bind: UInt64(flags & 7), runs: true)
}

@c
public func GOMP_parallel_loop_nonmonotonic_dynamic(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ start: Int, _ end: Int, _ step: Int,
    _ chunk: Int, _ flags: UInt32
) {
    Combined.fork(
        function, data, Int(threads),
        LoopRequest(start, end, step, .stealing, chunk), bind: UInt64(flags & 7), runs: true)
}

@c
public func GOMP_parallel_loop_nonmonotonic_guided(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ start: Int, _ end: Int, _ step: Int,
    _ chunk: Int, _ flags: UInt32
) {
    Combined.fork(
        function, data, Int(threads),
        LoopRequest(start, end, step, .guided, chunk), bind: UInt64(flags & 7), runs: true)
}

@c
public func GOMP_parallel_loop_runtime_start(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ start: Int, _ end: Int, _ step: Int
) {
    var request = LoopRequest(start, end, step, .block, 0)
    request.take(ThreadRecord.current.environment, isMonotonic: true)
    Combined.fork(function, data, Int(threads), request, runs: false)
}

@c
public func GOMP_parallel_loop_runtime(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ start: Int, _ end: Int, _ step: Int,
    _ flags: UInt32
) {
    var request = LoopRequest(start, end, step, .block, 0)
    request.take(ThreadRecord.current.environment, isMonotonic: true)
    Combined.fork(function, data, Int(threads), request, bind: UInt64(flags & 7), runs: true)
}

@c
public func GOMP_parallel_loop_nonmonotonic_runtime(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ start: Int, _ end: Int, _ step: Int,
    _ flags: UInt32
) {
    var request = LoopRequest(start, end, step, .block, 0)
    request.take(ThreadRecord.current.environment, isMonotonic: false)
    Combined.fork(function, data, Int(threads), request, bind: UInt64(flags & 7), runs: true)
}

@c
public func GOMP_parallel_loop_maybe_nonmonotonic_runtime(
    _ function: UInt64, _ data: UInt64, _ threads: UInt32, _ start: Int, _ end: Int, _ step: Int,
    _ flags: UInt32
) {
    var request = LoopRequest(start, end, step, .block, 0)
    request.take(ThreadRecord.current.environment, isMonotonic: false)
    Combined.fork(function, data, Int(threads), request, bind: UInt64(flags & 7), runs: true)
}
