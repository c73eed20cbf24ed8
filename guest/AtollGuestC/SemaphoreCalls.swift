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
public func atoll_semaphore_open(
    _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ permits: UInt32, _ free: UInt32,
    _ semaphore: UnsafeMutablePointer<atoll_semaphore_handle>?
) -> Int32 {
    unsafe openNamed(
        "no team, no name, or no place for the semaphore", pointer, name, semaphore
    ) { (team, name) throws(TeamError) in
        guard permits >= 1, permits <= 4096, free <= permits else {
            _ = invalid("permits are 1 to 4096, and no more of them free than there can be")
            return nil
        }
        return try team.semaphore(named: name, permits: Int(permits), free: Int(free)).handle
    }
}

private func withSemaphore(
    _ me: OpaquePointer?, _ semaphore: atoll_semaphore_handle,
    _ body: (ThreadHandle, inout TeamThread, TeamSemaphore) throws(TeamError) -> Int32
) -> Int32 {
    guard let handle = unsafe ThreadHandle.of(me) else { return invalid("no thread") }
    return handle.use { (thread: inout TeamThread) throws(TeamError) in
        guard let semaphore = thread.team.semaphore(handle: semaphore) else {
            return invalid("no such semaphore")
        }
        return try body(handle, &thread, semaphore)
    }
}

@c @implementation
public func atoll_semaphore_acquire(
    _ me: OpaquePointer?, _ semaphore: atoll_semaphore_handle, _ nanoseconds: UInt64
) -> Int32 {
    unsafe withSemaphore(me, semaphore) { (handle, thread, found) throws(TeamError) in
        let permit: Permit
        if nanoseconds == 0 {
            guard let taken = thread.tryAcquire(found) else { return Int32(ATOLL_BUSY) }
            permit = taken
        } else {
            permit = try thread.acquire(found, timeout: nanoseconds)
        }
        handle.permits.append((semaphore, permit))
        return code(permit.acquisition)
    }
}

/// Takes this thread's last permit of the semaphore out of its list.
private func withPermit(
    _ me: OpaquePointer?, _ semaphore: atoll_semaphore_handle,
    _ body: (inout TeamThread, TeamSemaphore, Permit) throws(TeamError) -> Void
) -> Int32 {
    unsafe withSemaphore(me, semaphore) { (handle, thread, found) throws(TeamError) in
        guard let index = handle.permits.lastIndex(where: { $0.semaphore == semaphore }) else {
            throw .sync(.notOwner)
        }
        try body(&thread, found, handle.permits.remove(at: index).permit)
        return 0
    }
}

@c @implementation
public func atoll_semaphore_release(
    _ me: OpaquePointer?, _ semaphore: atoll_semaphore_handle
) -> Int32 {
    unsafe withPermit(me, semaphore) { (thread, found, permit) throws(TeamError) in
        try thread.release(found, permit)
    }
}

@c @implementation
public func atoll_semaphore_consume(
    _ me: OpaquePointer?, _ semaphore: atoll_semaphore_handle
) -> Int32 {
    unsafe withPermit(me, semaphore) { (thread, found, permit) throws(TeamError) in
        try thread.consume(found, permit)
    }
}

@c @implementation
public func atoll_semaphore_signal(
    _ me: OpaquePointer?, _ semaphore: atoll_semaphore_handle
) -> Int32 {
    unsafe withSemaphore(me, semaphore) { (_, thread, found) throws(TeamError) in
        try thread.signal(found)
        return 0
    }
}
