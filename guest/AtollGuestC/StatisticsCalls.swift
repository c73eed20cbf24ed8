// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
internal import AtollRegion
public import CAtollGuest

@c @implementation
public func atoll_get_statistics(
    _ pointer: OpaquePointer?, _ kind: UInt32, _ name: UnsafePointer<CChar>?,
    _ statistics: UnsafeMutablePointer<atoll_statistics>?
) -> Int32 {
    // SAFETY: only compared with nil here.
    guard let pointer = unsafe pointer, let statistics = unsafe statistics else {
        return invalid("no team, or no place for the statistics")
    }
    // SAFETY: the first field is there whatever the caller's version.
    let room = Int(unsafe statistics.pointee.size)
    guard room >= MemoryLayout<UInt32>.size else { return invalid("statistics.size is not set") }
    guard let kind = ObjectKind(rawValue: kind), kind.hasFigures else {
        return invalid("no such kind of object")
    }
    var record: SyncRecord?
    // SAFETY: a C string, or none.
    if let name = unsafe bytes(name) {
        record = team(pointer).statistics(of: kind, named: name)
    } else if kind == .barrier {
        record = team(pointer).barrierStatistics
    }
    guard let record else { return note(.noSuchObject) }
    var full = atoll_statistics()
    let size = min(room, MemoryLayout<atoll_statistics>.size)
    full.size = UInt32(size)
    full.kind = record.kind.rawValue
    full.acquisitions = record.figures.acquisitions
    full.contended = record.figures.contended
    full.wait_ns = record.figures.waitNanoseconds
    full.waiters = record.figures.waiters
    full.deaths = record.figures.deaths
    // SAFETY: both have sixteen; copies no more than the caller has room for, and no more than there
    // is.
    unsafe withUnsafeMutableBytes(of: &full.waits) { target in
        unsafe record.figures.waits.withUnsafeBytes {
            unsafe target.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: $0.prefix(target.count)))
        }
    }
    unsafe withUnsafeBytes(of: &full) { bytes in
        unsafe UnsafeMutableRawPointer(statistics).copyMemory(
            from: bytes.baseAddress!, byteCount: size)
    }
    return 0
}
