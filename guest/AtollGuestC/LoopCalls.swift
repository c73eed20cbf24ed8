// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
public import CAtollGuest

// SAFETY of all below: `me` is what a body was given, and it is used in that body, as the header
// asks; results are written to the caller's variables, after a check for NULL. Bodies are called while
// the thread is not in use here: they call back with it.

@c @implementation
public func atoll_share(
    _ me: OpaquePointer?, _ begin: Int64, _ end: Int64, _ first: UnsafeMutablePointer<Int64>?,
    _ last: UnsafeMutablePointer<Int64>?
) -> Int32 {
    guard let first = unsafe first, let last = unsafe last else {
        return invalid("no place for the share")
    }
    guard let range = range(begin, end) else { return invalid("the range has no size") }
    return unsafe withThread(me) { thread in
        let share = thread.share(of: range)
        unsafe first.pointee = Int64(share.lowerBound)
        unsafe last.pointee = Int64(share.upperBound)
        return 0
    }
}

@c @implementation
public func atoll_parallel_for(
    _ me: OpaquePointer?, _ begin: Int64, _ end: Int64, _ body: atoll_range_body?,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    unsafe atoll_for(me, begin, end, nil, body, context)
}

@c @implementation
public func atoll_for(
    _ me: OpaquePointer?, _ begin: Int64, _ end: Int64, _ schedule: UnsafePointer<atoll_schedule>?,
    _ body: atoll_range_body?, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let body = unsafe body else { return invalid("no function to run") }
    guard let range = range(begin, end) else { return invalid("the range has no size") }
    guard let plan = unsafe LoopPlan(schedule, .static()) else {
        return invalid("the schedule makes no sense")
    }
    var loop: TeamLoop?
    let begun = unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        loop = try thread.beginLoop(range, plan.schedule)
        return 0
    }
    guard begun == 0, var loop else { return begun }
    while let chunk = loop.nextChunk() {
        let code = unsafe body(me, Int64(chunk.lowerBound), Int64(chunk.upperBound), context)
        if code != 0 { return code }
    }
    return unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        try thread.endLoop(loop, wait: plan.waits)
        return 0
    }
}

@c @implementation
public func atoll_for_ordered(
    _ me: OpaquePointer?, _ begin: Int64, _ end: Int64, _ schedule: UnsafePointer<atoll_schedule>?,
    _ body: atoll_iteration_body?, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let body = unsafe body else { return invalid("no function to run") }
    guard let range = range(begin, end) else { return invalid("the range has no size") }
    guard let plan = unsafe LoopPlan(schedule, .dynamic()), plan.waits else {
        return invalid("the schedule makes no sense, or does not wait in an ordered loop")
    }
    guard let handle = unsafe ThreadHandle.of(me) else { return invalid("no thread") }
    let begun = handle.use { (thread: inout TeamThread) throws(TeamError) in
        handle.order = OrderedLoop(try thread.beginOrdered(range, plan.schedule))
        return 0
    }
    guard begun == 0, let loop = handle.order else { return begun }
    defer { handle.order = nil }
    while let index = loop.steps?.next() {
        let code = unsafe body(me, Int64(index), context)
        if code != 0 { return code }
        let ended = handle.attempt { () throws(TeamError) in
            try loop.steps?.endIteration()
            return 0
        }
        if ended != 0 { return ended }
    }
    return handle.use { (thread: inout TeamThread) throws(TeamError) in
        if let steps = loop.steps.take() { try thread.endOrdered(steps) }
        return 0
    }
}

@c @implementation
public func atoll_ordered(
    _ me: OpaquePointer?, _ body: atoll_body?, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let body = unsafe body else { return invalid("no function to run") }
    guard let handle = unsafe ThreadHandle.of(me) else { return invalid("no thread") }
    guard let loop = handle.order, !loop.isInTurn else {
        return invalid("not within an ordered loop, or within its turn already")
    }
    loop.isInTurn = true
    defer { loop.isInTurn = false }
    return handle.attempt { () throws(TeamError) in
        var code: Int32 = 0
        try loop.steps?.order.next { () throws(TeamError) in code = unsafe body(me, context) }
        return code
    }
}

/// The ordered loop that a thread is in.
final class OrderedLoop {
    var steps: TeamOrderedSteps?
    /// Whether a body runs in the order of the loop.
    var isInTurn = false
    init(_ steps: consuming TeamOrderedSteps) { self.steps = consume steps }
}

@c @implementation
public func atoll_reduce_for(
    _ me: OpaquePointer?, _ begin: Int64, _ end: Int64, _ value: UnsafeMutableRawPointer?,
    _ bytes: Int, _ body: atoll_reduce_body?, _ combine: atoll_combine?,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let body = unsafe body, let combine = unsafe combine else {
        return invalid("no function to run or to combine with")
    }
    guard let range = range(begin, end) else { return invalid("the range has no size") }
    guard let value = unsafe value, let identity = unsafe CValue(value, bytes) else {
        return invalid("no value, or one of more than 64 bytes")
    }
    var steps: TeamReduceSteps?
    let begun = unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        steps = try thread.beginReduce(range)
        return 0
    }
    guard begun == 0, var steps else { return begun }
    while let chunk = steps.next() {
        var part = identity
        let code = unsafe part.lend {
            unsafe body(me, Int64(chunk.lowerBound), Int64(chunk.upperBound), $0, context)
        }
        if code != 0 { return code }
        steps.give(part)
    }
    var result = identity
    let ended = unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        result = try thread.endReduce(steps, identity) {
            unsafe $0.combined(with: $1, by: combine, context)
        }
        return 0
    }
    if ended == 0 { unsafe result.copy(to: value, bytes) }
    return ended
}

@c @implementation
public func atoll_for_restartable(
    _ me: OpaquePointer?, _ begin: Int64, _ end: Int64, _ chunk: Int64, _ body: atoll_range_body?,
    _ context: UnsafeMutableRawPointer?, _ lost: UnsafeMutablePointer<UInt64>?
) -> Int32 {
    guard let body = unsafe body, let range = range(begin, end), chunk > 0 else {
        return invalid("no function to run, or the range or the chunk has no size")
    }
    guard let handle = unsafe ThreadHandle.of(me) else { return invalid("no thread") }
    return handle.use { (thread: inout TeamThread) throws(TeamError) in
        let slots = try thread.parallelForRestartable(range, chunk: Int(chunk)) {
            (inner: inout TeamThread, chunk: Range<Int>) throws(TeamError) in
            try handle.call(&inner) {
                unsafe body(me, Int64(chunk.lowerBound), Int64(chunk.upperBound), context)
            }
        }
        if let lost = unsafe lost { unsafe lost.pointee = slots }
        return 0
    }
}

@c @implementation
public func atoll_thread_present(
    _ me: OpaquePointer?, _ rank: UnsafeMutablePointer<Int32>?,
    _ size: UnsafeMutablePointer<Int32>?
) -> Int32 {
    guard let rank = unsafe rank, let size = unsafe size else {
        return invalid("no place for the rank or the size")
    }
    return unsafe withThread(me) { thread in
        unsafe rank.pointee = Int32(thread.presentRank)
        unsafe size.pointee = Int32(thread.presentSize)
        return 0
    }
}

func range(_ begin: Int64, _ end: Int64) -> Range<Int>? {
    guard begin <= end, !end.subtractingReportingOverflow(begin).overflow else { return nil }
    return Int(begin)..<Int(end)
}
