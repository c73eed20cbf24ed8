// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
public import CAtollGuest

// SAFETY of all below: `me` is what a body was given, and it is used in that body, as the header
// asks; what a task is called with is the caller's, or lies where the call can see it.

/// The functions of a program's tasks, as one thread calls them, and how it calls them.
@safe
private struct Functions: @unchecked Sendable {
    let handle: ThreadHandle
    let table: UnsafePointer<atoll_task_function?>
    let context: UnsafeMutableRawPointer?
    let me: OpaquePointer?

    /// Calls one of them while the thread is lent to it.
    func call(_ index: Int, _ thread: inout TeamThread, _ arguments: CValue) throws(TeamError) {
        guard let function = unsafe table[index] else { throw .differentTasks }
        var arguments = arguments
        try handle.call(&thread) { unsafe arguments.lend { unsafe function(me, $0, context) } }
    }
}

@c @implementation
public func atoll_tasks(
    _ me: OpaquePointer?, _ table: UnsafePointer<atoll_task_function?>?, _ count: UInt32,
    _ capacity: UInt32, _ body: atoll_body?, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let body = unsafe body, let table = unsafe table, count > 0, count <= 4096 else {
        return invalid("no functions, or no function to run")
    }
    guard let handle = unsafe ThreadHandle.of(me) else { return invalid("no thread") }
    guard handle.tasks.isEmpty else { return invalid("within tasks already") }
    guard capacity <= 1 << 20 else { return invalid("a capacity of more than 2^20") }
    let calls = unsafe Functions(handle: handle, table: table, context: context, me: me)
    var functions = TaskFunctions()
    for index in 0..<Int(count) {
        if unsafe table[index] == nil { return invalid("one of the functions is missing") }
        let function = functions.declare("c", of: CValue.self)
        functions.define(function) { (thread, arguments) throws(TeamError) in
            try calls.call(index, &thread, arguments)
        }
        handle.tasks.append(function)
    }
    defer { handle.tasks = [] }
    return handle.use { (thread: inout TeamThread) throws(TeamError) in
        try thread.tasks(functions, capacity: capacity == 0 ? 256 : Int(capacity)) {
            (inner: inout TeamThread) throws(TeamError) in
            try handle.call(&inner) { unsafe body(me, context) }
        }
        return 0
    }
}

@c @implementation
public func atoll_task_spawn(
    _ me: OpaquePointer?, _ function: UInt32, _ arguments: UnsafeRawPointer?, _ bytes: Int,
    _ dependences: UnsafePointer<atoll_dependence>?, _ count: UInt32
) -> Int32 {
    guard let handle = unsafe ThreadHandle.of(me) else { return invalid("no thread") }
    guard Int(function) < handle.tasks.count else {
        return invalid("not within tasks, or there is no such function")
    }
    guard let value = unsafe CValue(copying: arguments, bytes) else {
        return invalid("no arguments, or of more than 64 bytes")
    }
    var needs: [TaskDependence] = []
    for index in 0..<Int(count) {
        guard let dependences = unsafe dependences else { return invalid("no dependences") }
        let one = unsafe dependences[index]
        switch Int(one.kind) {
        case Int(ATOLL_READS): needs.append(.reads(one.key))
        case Int(ATOLL_WRITES): needs.append(.writes(one.key))
        default: return invalid("no such kind of dependence")
        }
    }
    let task = handle.tasks[Int(function)]
    return handle.use { (thread: inout TeamThread) throws(TeamError) in
        try thread.spawn(task, value, needs)
        return 0
    }
}

@c @implementation
public func atoll_task_wait(_ me: OpaquePointer?) -> Int32 {
    guard let handle = unsafe ThreadHandle.of(me) else { return invalid("no thread") }
    guard !handle.tasks.isEmpty else { return invalid("not within tasks") }
    return handle.use { (thread: inout TeamThread) throws(TeamError) in
        try thread.taskWait()
        return 0
    }
}

@c @implementation
public func atoll_task_group(
    _ me: OpaquePointer?, _ body: atoll_body?, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let body = unsafe body else { return invalid("no function to run") }
    guard let handle = unsafe ThreadHandle.of(me) else { return invalid("no thread") }
    guard !handle.tasks.isEmpty else { return invalid("not within tasks") }
    return handle.use { (thread: inout TeamThread) throws(TeamError) in
        try thread.taskGroup { (inner: inout TeamThread) throws(TeamError) in
            try handle.call(&inner) { unsafe body(me, context) }
        }
        return 0
    }
}
