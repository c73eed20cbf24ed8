// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
internal import AtollSync
public import CAtollGuest

// SAFETY of all below: `me` is what a body was given, and it is used in that body, as the header
// asks; `name` is a C string; results are written to the caller's variables, after a check for NULL.

@c @implementation
public func atoll_rwlock_open(
    _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?,
    _ lock: UnsafeMutablePointer<atoll_rwlock_handle>?
) -> Int32 {
    unsafe openNamed("no team, no name, or no place for the lock", pointer, name, lock) {
        (team, name) throws(TeamError) in
        try team.readWriteLock(named: name).handle
    }
}

private func withLock(
    _ me: OpaquePointer?, _ lock: atoll_rwlock_handle,
    _ body: (ThreadHandle, inout TeamThread, TeamReadWriteLock) throws(TeamError) -> Int32
) -> Int32 {
    guard let handle = unsafe ThreadHandle.of(me) else { return invalid("no thread") }
    return handle.use { (thread: inout TeamThread) throws(TeamError) in
        guard let lock = thread.team.readWriteLock(handle: lock) else {
            return invalid("no such lock")
        }
        return try body(handle, &thread, lock)
    }
}

@c @implementation
public func atoll_rwlock_write(
    _ me: OpaquePointer?, _ lock: atoll_rwlock_handle, _ nanoseconds: UInt64
) -> Int32 {
    unsafe withLock(me, lock) { (_, thread, lock) throws(TeamError) in
        code(try thread.lock(lock, timeout: nanoseconds))
    }
}

@c @implementation
public func atoll_rwlock_read(
    _ me: OpaquePointer?, _ lock: atoll_rwlock_handle, _ nanoseconds: UInt64
) -> Int32 {
    unsafe withLock(me, lock) { (handle, thread, found) throws(TeamError) in
        let hold = try thread.lockShared(found, timeout: nanoseconds)
        handle.reads.append((lock, hold))
        return code(hold.acquisition)
    }
}

@c @implementation
public func atoll_rwlock_release(_ me: OpaquePointer?, _ lock: atoll_rwlock_handle) -> Int32 {
    unsafe withLock(me, lock) { (handle, thread, found) throws(TeamError) in
        guard let index = handle.reads.lastIndex(where: { $0.lock == lock }) else {
            try thread.unlock(found)
            return 0
        }
        try thread.unlockShared(found, handle.reads.remove(at: index).hold)
        return 0
    }
}

@c @implementation
public func atoll_rwlock_consistent(_ me: OpaquePointer?, _ lock: atoll_rwlock_handle) -> Int32 {
    unsafe withLock(me, lock) { (_, thread, lock) throws(TeamError) in
        try thread.consistent(lock)
        return 0
    }
}
