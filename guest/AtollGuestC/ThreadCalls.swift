// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
internal import AtollSync
internal import CAtollGuest

// SAFETY of all below: `me` is what a body was given, and it is used in that body, as the header
// asks; results are written to the caller's variables, after a check for NULL.

@c @implementation
public func atoll_thread_rank(_ me: OpaquePointer?) -> Int32 {
    unsafe withThread(me) { thread in Int32(thread.rank) }
}

@c @implementation
public func atoll_thread_size(_ me: OpaquePointer?) -> Int32 {
    unsafe withThread(me) { thread in Int32(thread.size) }
}

@c @implementation
public func atoll_thread_vm_rank(_ me: OpaquePointer?) -> Int32 {
    unsafe withThread(me) { thread in Int32(thread.vmRank) }
}

@c @implementation
public func atoll_thread_in_vm(_ me: OpaquePointer?) -> Int32 {
    unsafe withThread(me) { thread in Int32(thread.threadInVM) }
}

@c @implementation
public func atoll_barrier(_ me: OpaquePointer?) -> Int32 {
    unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        try thread.barrier()
        return 0
    }
}

@c @implementation
public func atoll_barrier_arrive(_ me: OpaquePointer?) -> Int32 {
    unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        if thread.hasArrived { return invalid("this thread has come to the barrier already") }
        _ = try thread.arrive()
        return 0
    }
}

@c @implementation
public func atoll_barrier_wait(_ me: OpaquePointer?) -> Int32 {
    unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        guard thread.hasArrived else { return invalid("this thread has not come to the barrier") }
        try thread.wait(thread.token)
        return 0
    }
}
