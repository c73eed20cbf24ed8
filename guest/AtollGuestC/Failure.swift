// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
internal import AtollSystem
internal import CAtollGuest

/// What a call gives to C: `body`'s answer, or the code of its error, which is noted.
func answer(_ body: () throws(TeamError) -> Int32) -> Int32 {
    do { return try body() } catch { return note(error) }
}

func note(_ error: TeamError) -> Int32 {
    ThreadNote.set(error.text)
    return Code.of(error)
}

/// The answer to an argument that makes no sense.
func invalid(_ why: StaticString) -> Int32 {
    var text = Text()
    text.add(why)
    ThreadNote.set(text)
    return Int32(ATOLL_ERROR_INVALID)
}

@c @implementation
public func atoll_last_error() -> UnsafePointer<CChar>? {
    // SAFETY: valid in this thread until the next error is noted, as the header says.
    unsafe ThreadNote.address
}
