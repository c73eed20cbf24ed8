// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
internal import AtollSync
internal import AtollSystem
public import CAtollGuest

// SAFETY of all below: `me` is what a body was given, and it is used in that body, as the header
// asks. Bodies are called while the thread is not in use here: they call back with it.

private func sections(
    _ me: OpaquePointer?, _ count: Int32, _ flags: UInt32, _ body: (Int32) -> Int32
) -> Int32 {
    guard flags & ~UInt32(ATOLL_NO_WAIT) == 0, count >= 0 else {
        return invalid("the flags or the count make no sense")
    }
    var steps: TeamSections?
    let begun = unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        steps = try thread.beginSections(Int(count))
        return 0
    }
    guard begun == 0, let steps else { return begun }
    while let section = steps.next() {
        let code = body(Int32(section))
        if code != 0 { return code }
    }
    return unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        try thread.endSections(steps, wait: flags & UInt32(ATOLL_NO_WAIT) == 0)
        return 0
    }
}

@c @implementation
public func atoll_single(
    _ me: OpaquePointer?, _ flags: UInt32, _ body: atoll_body?, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let body = unsafe body else { return invalid("no function to run") }
    return unsafe sections(me, 1, flags) { _ in unsafe body(me, context) }
}

@c @implementation
public func atoll_sections(
    _ me: OpaquePointer?, _ count: Int32, _ flags: UInt32, _ body: atoll_iteration_body?,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let body = unsafe body else { return invalid("no function to run") }
    return unsafe sections(me, count, flags) { unsafe body(me, Int64($0), context) }
}

@c @implementation
public func atoll_critical(
    _ me: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ body: atoll_critical_body?,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let body = unsafe body, let name = unsafe bytes(name) else {
        return invalid("no name, or no function to run")
    }
    guard let handle = unsafe ThreadHandle.of(me) else { return invalid("no thread") }
    var lock: TeamLock?
    var hasDied = false
    let taken = handle.use { (thread: inout TeamThread) throws(TeamError) in
        let found = try handle.critical(name, thread.team)
        lock = found
        hasDied = try thread.lock(found) == .ownerDied
        return 0
    }
    guard taken == 0, let lock else { return taken }
    let code = unsafe body(me, hasDied ? 1 : 0, context)
    let given = handle.use { (thread: inout TeamThread) throws(TeamError) in
        if hasDied, code == 0 { try thread.consistent(lock) }
        try thread.unlock(lock)
        return 0
    }
    return code == 0 ? given : code
}
