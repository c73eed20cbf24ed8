// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
internal import AtollSync
public import CAtollGuest

// SAFETY of all below: `me` is what a body was given, and it is used in that body, as the header
// asks; `name` is a C string; results are written to the caller's variables, after a check for NULL.

private func open(
    _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?,
    _ result: UnsafeMutablePointer<UInt64>?,
    _ find: (Team, [UInt8]) throws(TeamError) -> UInt64?
) -> Int32 {
    unsafe openNamed(
        "no team, no name, or no place for the handle", pointer, name, result, find)
}

// MARK: Conditions

@c @implementation
public func atoll_condition_open(
    _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?,
    _ condition: UnsafeMutablePointer<atoll_condition_handle>?
) -> Int32 {
    unsafe open(pointer, name, condition) { (team, name) throws(TeamError) in
        try team.condition(named: name).handle
    }
}

@c @implementation
public func atoll_condition_wait(
    _ me: OpaquePointer?, _ condition: atoll_condition_handle, _ lock: atoll_lock_handle,
    _ isWanting: atoll_predicate?, _ context: UnsafeMutableRawPointer?, _ nanoseconds: UInt64
) -> Int32 {
    guard let isWanting = unsafe isWanting else { return invalid("no function to ask") }
    return unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        guard let condition = thread.team.condition(handle: condition),
            let lock = thread.team.lock(handle: lock)
        else { return invalid("no such condition, or no such lock") }
        return code(
            try thread.wait(condition, lock, timeout: nanoseconds) { () throws(TeamError) in
                unsafe isWanting(context) != 0
            })
    }
}

@c @implementation
public func atoll_condition_notify(
    _ me: OpaquePointer?, _ condition: atoll_condition_handle, _ all: Int32
) -> Int32 {
    unsafe withThread(me) { thread in
        guard let condition = thread.team.condition(handle: condition) else {
            return invalid("no such condition")
        }
        if all != 0 { thread.notifyAll(condition) } else { thread.notifyOne(condition) }
        return 0
    }
}

// MARK: Once

@c @implementation
public func atoll_once_open(
    _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?,
    _ once: UnsafeMutablePointer<atoll_once_handle>?
) -> Int32 {
    unsafe open(pointer, name, once) { (team, name) throws(TeamError) in
        try team.once(named: name).handle
    }
}

@c @implementation
public func atoll_once_run(
    _ me: OpaquePointer?, _ once: atoll_once_handle, _ body: atoll_critical_body?,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let body = unsafe body else { return invalid("no function to run") }
    return unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        guard let once = thread.team.once(handle: once) else { return invalid("no such once") }
        try thread.once(once) { (acquisition) throws(TeamError) in
            let code = unsafe body(me, acquisition == .ownerDied ? 1 : 0, context)
            if code != 0 { throw .program(code: code) }
        }
        return 0
    }
}

// MARK: Latches

@c @implementation
public func atoll_latch_open(
    _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ count: UInt32,
    _ latch: UnsafeMutablePointer<atoll_latch_handle>?
) -> Int32 {
    unsafe open(pointer, name, latch) { (team, name) throws(TeamError) in
        try team.latch(named: name, count: Int(count)).handle
    }
}

@c @implementation
public func atoll_latch_count_down(
    _ me: OpaquePointer?, _ latch: atoll_latch_handle, _ less: UInt32
) -> Int32 {
    unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        guard let latch = thread.team.latch(handle: latch) else { return invalid("no such latch") }
        try thread.countDown(latch, by: Int(less))
        return 0
    }
}

@c @implementation
public func atoll_latch_wait(
    _ me: OpaquePointer?, _ latch: atoll_latch_handle, _ nanoseconds: UInt64
) -> Int32 {
    unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        guard let latch = thread.team.latch(handle: latch) else { return invalid("no such latch") }
        try thread.wait(latch, timeout: nanoseconds)
        return 0
    }
}
