// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
internal import AtollRegion
public import CAtollGuest

/// A team behind the pointer that C has.
@safe
func team(_ pointer: OpaquePointer) -> Team {
    // SAFETY: C hands in what atoll_team_join gave it and atoll_team_leave has not taken.
    unsafe Unmanaged<Team>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
}

@c @implementation
public func atoll_team_join(_ result: UnsafeMutablePointer<OpaquePointer?>?) -> Int32 {
    // SAFETY: only compared with nil here.
    guard let result = unsafe result else { return invalid("no place for the team") }
    // SAFETY: the caller's variable.
    unsafe result.pointee = nil
    return answer { () throws(TeamError) in
        // SAFETY: atoll_team_leave takes the reference back; the variable is the caller's.
        let team = unsafe Unmanaged.passRetained(try Team.join())
        unsafe result.pointee = OpaquePointer(team.toOpaque())
        return 0
    }
}

@c @implementation
public func atoll_team_leave(_ pointer: OpaquePointer?) {
    // SAFETY: only compared with nil here.
    guard let pointer = unsafe pointer else { return }
    // SAFETY: takes back the reference that atoll_team_join gave, once, as the header asks.
    unsafe Unmanaged<Team>.fromOpaque(UnsafeRawPointer(pointer)).release()
}

@c @implementation
public func atoll_team_get_info(
    _ pointer: OpaquePointer?, _ info: UnsafeMutablePointer<atoll_team_info>?
) -> Int32 {
    // SAFETY: only compared with nil here.
    guard let pointer = unsafe pointer, let info = unsafe info else {
        return invalid("no team, or no place for what it is")
    }
    let environment = team(pointer).environment
    // SAFETY: the first field is there whatever the caller's version.
    let room = Int(unsafe info.pointee.size)
    guard room >= MemoryLayout<UInt32>.size else { return invalid("info.size is not set") }
    var full = atoll_team_info()
    let size = min(room, MemoryLayout<atoll_team_info>.size)
    full.size = UInt32(size)
    full.vms = UInt32(environment.vms)
    full.vm_rank = UInt32(environment.rank)
    full.threads_per_vm = UInt32(environment.threadsPerVM)
    full.job = environment.job
    full.slot = UInt32(environment.slot)
    // SAFETY: copies no more than the caller has room for, and no more than there is.
    unsafe withUnsafeBytes(of: &full) { bytes in
        unsafe UnsafeMutableRawPointer(info).copyMemory(
            from: bytes.baseAddress!, byteCount: size)
    }
    return 0
}
