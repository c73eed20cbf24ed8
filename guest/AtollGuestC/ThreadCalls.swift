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

private func reduction(_ operation: Int32) -> Reduction? {
    switch Int(operation) {
    case Int(ATOLL_SUM): .sum
    case Int(ATOLL_MINIMUM): .minimum
    case Int(ATOLL_MAXIMUM): .maximum
    default: nil
    }
}

private func allReduce<T: Reducible>(
    _ me: OpaquePointer?, _ value: T, _ operation: Int32, _ result: UnsafeMutablePointer<T>?
) -> Int32 {
    guard let result = unsafe result else { return invalid("no place for the result") }
    guard let reduction = reduction(operation) else { return invalid("no such operation") }
    return unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        unsafe result.pointee = try thread.allReduce(value, reduction)
        return 0
    }
}

@c @implementation
public func atoll_all_reduce_double(
    _ me: OpaquePointer?, _ value: Double, _ operation: Int32,
    _ result: UnsafeMutablePointer<Double>?
) -> Int32 {
    unsafe allReduce(me, value, operation, result)
}

@c @implementation
public func atoll_all_reduce_int64(
    _ me: OpaquePointer?, _ value: Int64, _ operation: Int32,
    _ result: UnsafeMutablePointer<Int64>?
) -> Int32 {
    unsafe allReduce(me, value, operation, result)
}
