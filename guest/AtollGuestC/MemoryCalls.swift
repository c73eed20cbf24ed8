// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
internal import AtollRegion
internal import CAtollGuest

@c @implementation
public func atoll_array_open(
    _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ count: Int, _ elementBytes: Int,
    _ address: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
    // SAFETY: only compared with nil here; the name is a C string.
    guard let pointer = unsafe pointer, let name = unsafe bytes(name),
        let address = unsafe address
    else { return invalid("no team, no name, or no place for the address") }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: elementBytes)
    guard count > 0, elementBytes > 0, !overflow else { return invalid("an array of no size") }
    let team = team(pointer)
    return answer { () throws(TeamError) in
        let array = try team.array(named: name, of: UInt8.self, count: bytes)
        // SAFETY: the team keeps the region mapped until the caller leaves it, as the header says.
        unsafe address.pointee = UnsafeMutableRawPointer(array.address)
        return 0
    }
}
