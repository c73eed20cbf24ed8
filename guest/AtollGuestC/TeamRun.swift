// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
public import CAtollGuest

/// A C function and what it is called with. C has promised that threads may share both.
@safe
private struct Body: @unchecked Sendable {
    let function: atoll_body
    let context: UnsafeMutableRawPointer?
}

@c @implementation
public func atoll_team_run(
    _ pointer: OpaquePointer?, _ function: atoll_body?, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    // SAFETY: only compared with nil here.
    guard let pointer = unsafe pointer, let function = unsafe function else {
        return invalid("no team, or no function to run")
    }
    // SAFETY: used by the threads that the call below waits for.
    let body = unsafe Body(function: function, context: context)
    let team = team(pointer)
    return answer { () throws(TeamError) in
        try team.run { (thread: inout TeamThread) throws(TeamError) in
            let handle = ThreadHandle()
            // SAFETY: the caller's function, with its own context and a thread that is valid until it
            // returns.
            let code = unsafe handle.lend(&thread) { me in
                unsafe body.function(me, body.context)
            }
            if code == 0 { return }
            // An error of ours that the function hands on ends the team as that error does.
            if let failure = handle.failure, Code.of(failure) == code { throw failure }
            throw .program(code: code)
        }
        return 0
    }
}
