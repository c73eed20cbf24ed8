// SPDX-License-Identifier: Apache-2.0
//
// The names are those of atoll.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
internal import AtollGuest
internal import AtollRegion
internal import AtollSync
public import CAtollGuest

// SAFETY of all below: `me` is what a body was given, and it is used in that body, as the header
// asks; `name` is a C string; results are written to the caller's variables, after a check for NULL.

@c @implementation
public func atoll_heap_open(
    _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ bytes: Int,
    _ heap: UnsafeMutablePointer<atoll_heap_handle>?
) -> Int32 {
    unsafe openNamed("no team, no name, or no place for the heap", pointer, name, heap) {
        (team, name) throws(TeamError) in
        guard bytes >= Int(ATOLL_HEAP_MINIMUM) else {
            _ = invalid("a heap of less than 192 KiB")
            return nil
        }
        let found = try team.heap(named: name, bytes: bytes)
        return atoll_heap_handle(place: found.handle, bytes: UInt64(found.bytes))
    }
}

@c @implementation
public func atoll_heap_allocate(
    _ me: OpaquePointer?, _ heap: atoll_heap_handle, _ bytes: Int,
    _ address: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
    guard let address = unsafe address else { return invalid("no place for the address") }
    unsafe address.pointee = nil
    return unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        guard let heap = thread.team.heap(handle: heap.place, bytes: heap.bytes), bytes > 0 else {
            return invalid("no such heap, or a block of no size")
        }
        let block = try thread.allocate(heap, bytes: bytes)
        unsafe address.pointee = thread.team.region.memory.pointer(at: block.offset, count: bytes)
        return 0
    }
}

@c @implementation
public func atoll_heap_free(
    _ me: OpaquePointer?, _ heap: atoll_heap_handle, _ address: UnsafeMutableRawPointer?
) -> Int32 {
    guard let address = unsafe address else { return 0 }
    return unsafe withThread(me) { (thread: inout TeamThread) throws(TeamError) in
        guard let heap = thread.team.heap(handle: heap.place, bytes: heap.bytes),
            let offset = unsafe offset(of: UnsafeRawPointer(address), in: thread.team)
        else { return invalid("no such heap, or an address that is not in the region") }
        try thread.free(heap, HeapBlock(offset: offset))
        return 0
    }
}

@c @implementation
public func atoll_heap_get_statistics(
    _ pointer: OpaquePointer?, _ heap: atoll_heap_handle,
    _ statistics: UnsafeMutablePointer<atoll_heap_statistics>?
) -> Int32 {
    guard let pointer = unsafe pointer, let statistics = unsafe statistics else {
        return invalid("no team, or no place for the statistics")
    }
    let team = team(pointer)
    // The first field is there whatever the caller's version.
    let room = Int(unsafe statistics.pointee.size)
    guard room >= MemoryLayout<UInt32>.size else { return invalid("statistics.size is not set") }
    guard let heap = team.heap(handle: heap.place, bytes: heap.bytes) else {
        return invalid("no such heap")
    }
    let found = team.statistics(of: heap)
    var full = atoll_heap_statistics()
    let size = min(room, MemoryLayout<atoll_heap_statistics>.size)
    full.size = UInt32(size)
    full.seats = UInt32(found.seats)
    full.capacity = UInt64(found.capacity)
    full.bytes = UInt64(found.bytes)
    full.blocks = UInt64(found.blocks)
    full.large_blocks = UInt64(found.largeBlocks)
    full.reclaimed_pages = UInt64(found.reclaimedPages)
    // Copies no more than the caller has room for, and no more than there is.
    unsafe withUnsafeBytes(of: &full) { bytes in
        unsafe UnsafeMutableRawPointer(statistics).copyMemory(
            from: bytes.baseAddress!, byteCount: size)
    }
    return 0
}

// MARK: Offsets

/// Where an address lies in the team's region; `nil` where it does not.
private func offset(of address: UnsafeRawPointer, in team: Team) -> Int? {
    let memory = team.region.memory
    let offset = unsafe address - UnsafeRawPointer(memory.pointer(at: 0, count: 0))
    return offset >= 0 && offset < memory.count ? offset : nil
}

@c @implementation
public func atoll_offset_of(
    _ pointer: OpaquePointer?, _ address: UnsafeRawPointer?, _ result: UnsafeMutablePointer<UInt64>?
) -> Int32 {
    guard let pointer = unsafe pointer, let address = unsafe address, let result = unsafe result
    else { return invalid("no team, no address, or no place for the offset") }
    guard let offset = unsafe offset(of: address, in: team(pointer)) else {
        return invalid("the address is not in the region")
    }
    unsafe result.pointee = UInt64(offset)
    return 0
}

@c @implementation
public func atoll_address_of(
    _ pointer: OpaquePointer?, _ offset: UInt64,
    _ address: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
    guard let pointer = unsafe pointer, let address = unsafe address else {
        return invalid("no team, or no place for the address")
    }
    let memory = team(pointer).region.memory
    guard offset < UInt64(memory.count) else { return invalid("the offset is not in the region") }
    unsafe address.pointee = memory.pointer(at: Int(offset), count: 1)
    return 0
}
