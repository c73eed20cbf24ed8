// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
internal import AtollSync
public import CAtollGuest

// SAFETY of all below: `me` is what a body was given, and it is used in that body, as the header
// asks; results are written to the caller's variables, after a check for NULL.

private func reduction(_ operation: Int32) -> Reduction? {
    switch Int(operation) {
    case Int(ATOLL_SUM): .sum
    case Int(ATOLL_PRODUCT): .product
    case Int(ATOLL_MINIMUM): .minimum
    case Int(ATOLL_MAXIMUM): .maximum
    default: nil
    }
}

private func bitReduction(_ operation: Int32) -> BitReduction? {
    switch Int(operation) {
    case Int(ATOLL_AND): .and
    case Int(ATOLL_OR): .or
    case Int(ATOLL_EXCLUSIVE_OR): .exclusiveOr
    default: nil
    }
}

private func allReduce<T: Reducible & FixedWidthInteger>(
    _ me: OpaquePointer?, _ value: T, _ operation: Int32, _ result: UnsafeMutablePointer<T>?
) -> Int32 {
    guard let result = unsafe result else { return invalid("no place for the result") }
    let bits = bitReduction(operation)
    let reduction = reduction(operation)
    return unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        if let bits {
            unsafe result.pointee = try thread.allReduce(value, bits)
        } else if let reduction {
            unsafe result.pointee = try thread.allReduce(value, reduction)
        } else {
            return invalid("no such operation")
        }
        return 0
    }
}

@c @implementation
public func atoll_all_reduce_double(
    _ me: OpaquePointer?, _ value: Double, _ operation: Int32,
    _ result: UnsafeMutablePointer<Double>?
) -> Int32 {
    guard let result = unsafe result else { return invalid("no place for the result") }
    guard let reduction = reduction(operation) else { return invalid("no such operation") }
    return unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        unsafe result.pointee = try thread.allReduce(value, reduction)
        return 0
    }
}

@c @implementation
public func atoll_all_reduce_int64(
    _ me: OpaquePointer?, _ value: Int64, _ operation: Int32,
    _ result: UnsafeMutablePointer<Int64>?
) -> Int32 {
    unsafe allReduce(me, value, operation, result)
}

@c @implementation
public func atoll_all_reduce_uint64(
    _ me: OpaquePointer?, _ value: UInt64, _ operation: Int32,
    _ result: UnsafeMutablePointer<UInt64>?
) -> Int32 {
    unsafe allReduce(me, value, operation, result)
}

@c @implementation
public func atoll_all_reduce(
    _ me: OpaquePointer?, _ value: UnsafeMutableRawPointer?, _ bytes: Int,
    _ combine: atoll_combine?, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let combine = unsafe combine else { return invalid("no function to combine with") }
    guard let value = unsafe value, var mine = unsafe CValue(value, bytes) else {
        return invalid("no value, or one of more than 64 bytes")
    }
    let found = unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        mine = try thread.allReduce(mine) { unsafe $0.combined(with: $1, by: combine, context) }
        return 0
    }
    if found == 0 { unsafe mine.copy(to: value, bytes) }
    return found
}

@c @implementation
public func atoll_broadcast(
    _ me: OpaquePointer?, _ value: UnsafeMutableRawPointer?, _ bytes: Int, _ root: Int32
) -> Int32 {
    guard let value = unsafe value, var mine = unsafe CValue(value, bytes) else {
        return invalid("no value, or one of more than 64 bytes")
    }
    let found = unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        guard root >= 0, Int(root) < thread.size else { return invalid("no such rank") }
        mine = try thread.broadcast(mine, from: Int(root))
        return 0
    }
    if found == 0 { unsafe mine.copy(to: value, bytes) }
    return found
}
