// SPDX-License-Identifier: Apache-2.0
internal import AtollGuest
internal import AtollSync
internal import CAtollGuest

/// Opens something of the team by its name, and writes what stands for it in C.
///
/// - Parameters:
///   - what: what is missing where an argument is NULL.
///   - find: gives `nil` where an argument makes no sense, which it has noted (``invalid(_:)``).
func openNamed<Handle>(
    _ what: StaticString, _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?,
    _ result: UnsafeMutablePointer<Handle>?,
    _ find: (Team, [UInt8]) throws(TeamError) -> Handle?
) -> Int32 {
    // SAFETY: only compared with nil here; the name is a C string.
    guard let pointer = unsafe pointer, let name = unsafe bytes(name), let result = unsafe result
    else { return invalid(what) }
    let team = team(pointer)
    return answer { () throws(TeamError) in
        guard let handle = try find(team, name) else { return Int32(ATOLL_ERROR_INVALID) }
        // SAFETY: the caller's variable.
        unsafe result.pointee = handle
        return 0
    }
}

/// A C string's bytes; `nil` where there is none.
func bytes(_ name: UnsafePointer<CChar>?) -> [UInt8]? {
    // SAFETY: a C string, read up to its NUL.
    guard let name = unsafe name else { return nil }
    var result: [UInt8] = []
    // A name that is too long is refused by its length; no need to read all of it.
    while result.count < 256 {
        // SAFETY: no byte before this one was the NUL.
        let byte = unsafe UInt8(bitPattern: name[result.count])
        if byte == 0 { break }
        result.append(byte)
    }
    return result
}

/// What a call that has taken something gives to C.
func code(_ acquisition: Acquisition) -> Int32 {
    acquisition == .ownerDied ? Int32(ATOLL_OWNER_DIED) : 0
}
