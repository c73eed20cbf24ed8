// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
public import CAtollGuest

// SAFETY of all below: `me` is what a body was given, and it is used in that body, as the header
// asks; names are C strings; results are written to the caller's variables, after a check for NULL.

// MARK: Counters

@c @implementation
public func atoll_counter_open(
    _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?,
    _ counter: UnsafeMutablePointer<atoll_counter_handle>?
) -> Int32 {
    unsafe openNamed("no team, no name, or no place for the counter", pointer, name, counter) {
        (team, name) throws(TeamError) in
        try team.counter(named: name).handle
    }
}

private func withCounter(
    _ me: OpaquePointer?, _ counter: atoll_counter_handle,
    _ body: (inout TeamThread, TeamCounter) -> Void
) -> Int32 {
    unsafe withThread(me) { thread in
        guard let counter = thread.team.counter(handle: counter) else {
            return invalid("no such counter")
        }
        body(&thread, counter)
        return 0
    }
}

@c @implementation
public func atoll_counter_add(
    _ me: OpaquePointer?, _ counter: atoll_counter_handle, _ delta: Int64
) -> Int32 {
    unsafe withCounter(me, counter) { (thread, counter) in thread.add(delta, to: counter) }
}

@c @implementation
public func atoll_counter_sum(
    _ me: OpaquePointer?, _ counter: atoll_counter_handle, _ sum: UnsafeMutablePointer<Int64>?
) -> Int32 {
    guard let sum = unsafe sum else { return invalid("no place for the sum") }
    return unsafe withCounter(me, counter) { (thread, counter) in
        unsafe sum.pointee = thread.sum(of: counter)
    }
}

// MARK: Queues and rings

/// Whether there can be so many elements; where not, that is noted.
private func check(capacity: Int) -> Bool {
    if Team.isCapacity(capacity) { return true }
    _ = invalid("a capacity is a power of two")
    return false
}

/// What a pop gives to C.
private func pop(
    into value: UnsafeMutablePointer<UInt64>?, _ me: OpaquePointer?,
    _ body: (inout TeamThread, (UInt64?) -> Int32) throws(TeamError) -> Int32
) -> Int32 {
    guard let value = unsafe value else { return invalid("no place for the element") }
    return unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        try body(&thread) { found in
            guard let found else { return Int32(ATOLL_BUSY) }
            unsafe value.pointee = found
            return 0
        }
    }
}

@c @implementation
public func atoll_queue_open(
    _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ capacity: Int,
    _ queue: UnsafeMutablePointer<atoll_queue_handle>?
) -> Int32 {
    unsafe openNamed("no team, no name, or no place for the queue", pointer, name, queue) {
        (team, name) throws(TeamError) in
        guard check(capacity: capacity) else { return nil }
        let found = try team.queue(named: name, capacity: capacity)
        return atoll_queue_handle(place: found.handle, capacity: UInt64(found.capacity))
    }
}

@c @implementation
public func atoll_queue_push(
    _ me: OpaquePointer?, _ queue: atoll_queue_handle, _ value: UInt64, _ nanoseconds: UInt64
) -> Int32 {
    unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        guard let queue = thread.team.queue(handle: queue.place, capacity: queue.capacity) else {
            return invalid("no such queue")
        }
        return try thread.push(value, to: queue, timeout: nanoseconds) ? 0 : Int32(ATOLL_BUSY)
    }
}

@c @implementation
public func atoll_queue_pop(
    _ me: OpaquePointer?, _ queue: atoll_queue_handle, _ value: UnsafeMutablePointer<UInt64>?,
    _ nanoseconds: UInt64
) -> Int32 {
    unsafe pop(into: value, me) { (thread, give) throws(TeamError) in
        guard let queue = thread.team.queue(handle: queue.place, capacity: queue.capacity) else {
            return invalid("no such queue")
        }
        return give(try thread.pop(queue, timeout: nanoseconds))
    }
}

@c @implementation
public func atoll_ring_open(
    _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ capacity: Int,
    _ ring: UnsafeMutablePointer<atoll_ring_handle>?
) -> Int32 {
    unsafe openNamed("no team, no name, or no place for the ring", pointer, name, ring) {
        (team, name) throws(TeamError) in
        guard check(capacity: capacity) else { return nil }
        let found = try team.ring(named: name, capacity: capacity)
        return atoll_ring_handle(place: found.handle, capacity: UInt64(found.capacity))
    }
}

@c @implementation
public func atoll_ring_push(
    _ me: OpaquePointer?, _ ring: atoll_ring_handle, _ value: UInt64, _ nanoseconds: UInt64
) -> Int32 {
    unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        guard let ring = thread.team.ring(handle: ring.place, capacity: ring.capacity) else {
            return invalid("no such ring")
        }
        return try thread.push(value, to: ring, timeout: nanoseconds) ? 0 : Int32(ATOLL_BUSY)
    }
}

@c @implementation
public func atoll_ring_pop(
    _ me: OpaquePointer?, _ ring: atoll_ring_handle, _ value: UnsafeMutablePointer<UInt64>?,
    _ nanoseconds: UInt64
) -> Int32 {
    unsafe pop(into: value, me) { (thread, give) throws(TeamError) in
        guard let ring = thread.team.ring(handle: ring.place, capacity: ring.capacity) else {
            return invalid("no such ring")
        }
        return give(try thread.pop(ring, timeout: nanoseconds))
    }
}
