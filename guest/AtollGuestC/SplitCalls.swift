// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
public import CAtollGuest

// SAFETY of all below: `me` is what a body was given, and it is used in that body, as the header
// asks. C has promised that the threads of a nested team may share the function and its context.

@safe
private struct Part: @unchecked Sendable {
    let function: atoll_body
    let context: UnsafeMutableRawPointer?

    /// Calls the function with a thread of a team of its own.
    func run(_ thread: inout TeamThread) throws(TeamError) {
        let handle = ThreadHandle()
        let code = unsafe handle.lend(&thread) { unsafe function($0, context) }
        if code == 0 { return }
        if let failure = handle.failure, Code.of(failure) == code { throw failure }
        throw .program(code: code)
    }
}

@c @implementation
public func atoll_split(
    _ me: OpaquePointer?, _ colour: Int64, _ body: atoll_body?, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let body = unsafe body else { return invalid("no function to run") }
    let part = unsafe Part(function: body, context: context)
    return unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        try thread.split(colour == Int64.min ? nil : Int(colour)) {
            (mine: inout TeamThread) throws(TeamError) in try part.run(&mine)
        }
        return 0
    }
}

@c @implementation
public func atoll_nested(
    _ me: OpaquePointer?, _ threads: Int32, _ body: atoll_body?, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let body = unsafe body, threads > 0 else {
        return invalid("no function to run, or no threads")
    }
    let part = unsafe Part(function: body, context: context)
    return unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        try thread.nested(threads: Int(threads)) {
            (mine: inout TeamThread) throws(TeamError) in try part.run(&mine)
        }
        return 0
    }
}
