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
    // SAFETY: the name is a C string; the address is the caller's variable.
    unsafe openNamed("no team, no name, or no place for the address", pointer, name, address) {
        (team, name) throws(TeamError) in
        let (bytes, overflow) = count.multipliedReportingOverflow(by: elementBytes)
        guard count > 0, elementBytes > 0, !overflow else {
            _ = invalid("an array of no size")
            return nil
        }
        let array = try team.array(named: name, of: UInt8.self, count: bytes)
        // SAFETY: the team keeps the region mapped until the caller leaves it, as the header says.
        return unsafe .some(UnsafeMutableRawPointer(array.address))
    }
}
