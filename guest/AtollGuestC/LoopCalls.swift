// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
public import CAtollGuest

// SAFETY of all below: `me` is what a body was given, and it is used in that body, as the header
// asks; results are written to the caller's variables, after a check for NULL.

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
    guard let body = unsafe body else { return invalid("no function to run") }
    guard let range = range(begin, end) else { return invalid("the range has no size") }
    var share = 0..<0
    let found = unsafe withThread(me) { thread in
        share = thread.share(of: range)
        return 0
    }
    if found != 0 { return found }
    // Not while the thread is in use: the body calls back with it.
    if !share.isEmpty {
        let code = unsafe body(me, Int64(share.lowerBound), Int64(share.upperBound), context)
        if code != 0 { return code }
    }
    return unsafe atoll_barrier(me)
}

private func range(_ begin: Int64, _ end: Int64) -> Range<Int>? {
    guard begin <= end, !end.subtractingReportingOverflow(begin).overflow else { return nil }
    return Int(begin)..<Int(end)
}
