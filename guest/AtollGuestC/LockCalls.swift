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
    _ lock: UnsafeMutablePointer<atoll_lock_handle>?, recursive: Bool
) -> Int32 {
    unsafe openNamed("no team, no name, or no place for the lock", pointer, name, lock) {
        (team, name) throws(TeamError) in
        try team.lock(named: name, recursive: recursive).handle
    }
}

@c @implementation
public func atoll_lock_open(
    _ team: OpaquePointer?, _ name: UnsafePointer<CChar>?,
    _ lock: UnsafeMutablePointer<atoll_lock_handle>?
) -> Int32 {
    unsafe open(team, name, lock, recursive: false)
}

@c @implementation
public func atoll_lock_open_recursive(
    _ team: OpaquePointer?, _ name: UnsafePointer<CChar>?,
    _ lock: UnsafeMutablePointer<atoll_lock_handle>?
) -> Int32 {
    unsafe open(team, name, lock, recursive: true)
}

private func withLock(
    _ me: OpaquePointer?, _ lock: atoll_lock_handle,
    _ body: (inout TeamThread, TeamLock) throws(TeamError) -> Int32
) -> Int32 {
    unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        guard let lock = thread.team.lock(handle: lock) else { return invalid("no such lock") }
        return try body(&thread, lock)
    }
}

@c @implementation
public func atoll_lock_acquire(_ me: OpaquePointer?, _ lock: atoll_lock_handle) -> Int32 {
    unsafe withLock(me, lock) { (thread, lock) throws(TeamError) in code(try thread.lock(lock)) }
}

@c @implementation
public func atoll_lock_acquire_timed(
    _ me: OpaquePointer?, _ lock: atoll_lock_handle, _ nanoseconds: UInt64
) -> Int32 {
    unsafe withLock(me, lock) { (thread, lock) throws(TeamError) in
        code(try thread.lock(lock, timeout: nanoseconds))
    }
}

@c @implementation
public func atoll_lock_try(_ me: OpaquePointer?, _ lock: atoll_lock_handle) -> Int32 {
    unsafe withLock(me, lock) { (thread, lock) throws(TeamError) in
        guard let acquisition = try thread.tryLock(lock) else { return Int32(ATOLL_BUSY) }
        return code(acquisition)
    }
}

@c @implementation
public func atoll_lock_release(_ me: OpaquePointer?, _ lock: atoll_lock_handle) -> Int32 {
    unsafe withLock(me, lock) { (thread, lock) throws(TeamError) in
        try thread.unlock(lock)
        return 0
    }
}

@c @implementation
public func atoll_lock_consistent(_ me: OpaquePointer?, _ lock: atoll_lock_handle) -> Int32 {
    unsafe withLock(me, lock) { (thread, lock) throws(TeamError) in
        try thread.consistent(lock)
        return 0
    }
}
