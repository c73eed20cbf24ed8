// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

// Devices (OpenMP 5.1, sections 3.7 and 3.8): there is none but the host, whose number is then 0, as
// libgomp without devices has it. -1 is `omp_initial_device` of later standards.

@c public func omp_get_num_devices() -> Int32 { 0 }
@c public func omp_get_initial_device() -> Int32 { 0 }
@c public func omp_get_device_num() -> Int32 { 0 }
@c public func omp_is_initial_device() -> Int32 { 1 }

@c public func omp_set_default_device(_ device: Int32) {
    changedEnvironment().device = Int(max(device, 0))
}

@c public func omp_get_default_device() -> Int32 {
    Int32(truncatingIfNeeded: ThreadRecord.current.environment.device)
}

@inline(__always)
private func isHost(_ device: Int32) -> Bool { device == 0 || device == -1 }

private var invalid: Int32 { 22 }

@c public func omp_target_alloc(_ size: UInt, _ device: Int32) -> UInt {
    isHost(device) ? atoll_omp_malloc(size) : 0
}

@c public func omp_target_free(_ address: UInt, _ device: Int32) {
    if address != 0, isHost(device) { atoll_omp_free(address) }
}

@c public func omp_target_is_present(_ address: UInt, _ device: Int32) -> Int32 {
    address == 0 || isHost(device) ? 1 : 0
}

@c public func omp_target_is_accessible(_ address: UInt, _ size: UInt, _ device: Int32) -> Int32 {
    isHost(device) ? 1 : 0
}

@c public func omp_get_mapped_ptr(_ address: UInt, _ device: Int32) -> UInt {
    isHost(device) ? address : 0
}

@c public func omp_target_memcpy(
    _ target: UInt, _ source: UInt, _ length: UInt, _ targetOffset: UInt, _ sourceOffset: UInt,
    _ targetDevice: Int32, _ sourceDevice: Int32
) -> Int32 {
    guard isHost(targetDevice), isHost(sourceDevice) else { return invalid }
    atoll_omp_copy(target &+ targetOffset, source &+ sourceOffset, length)
    return 0
}

/// The tasks that it depends on are among those that the caller has made.
@c public func omp_target_memcpy_async(
    _ target: UInt, _ source: UInt, _ length: UInt, _ targetOffset: UInt, _ sourceOffset: UInt,
    _ targetDevice: Int32, _ sourceDevice: Int32, _ dependences: Int32, _ list: UInt
) -> Int32 {
    if dependences > 0 { atoll_omp_taskwait() }
    return omp_target_memcpy(
        target, source, length, targetOffset, sourceOffset, targetDevice, sourceDevice)
}

@c public func omp_target_memcpy_rect(
    _ target: UInt, _ source: UInt, _ elementSize: UInt, _ dimensions: Int32, _ volume: UInt,
    _ targetOffsets: UInt, _ sourceOffsets: UInt, _ targetDimensions: UInt,
    _ sourceDimensions: UInt, _ targetDevice: Int32, _ sourceDevice: Int32
) -> Int32 {
    // Asked how many dimensions there may be.
    if target == 0, source == 0 { return .max }
    guard dimensions > 0, isHost(targetDevice), isHost(sourceDevice) else { return invalid }
    return atoll_omp_copy_rectangle(
        target, source, elementSize, dimensions, volume, targetOffsets, sourceOffsets,
        targetDimensions, sourceDimensions)
}

@c public func omp_target_memcpy_rect_async(
    _ target: UInt, _ source: UInt, _ elementSize: UInt, _ dimensions: Int32, _ volume: UInt,
    _ targetOffsets: UInt, _ sourceOffsets: UInt, _ targetDimensions: UInt,
    _ sourceDimensions: UInt, _ targetDevice: Int32, _ sourceDevice: Int32, _ dependences: Int32,
    _ list: UInt
) -> Int32 {
    if dependences > 0 { atoll_omp_taskwait() }
    return omp_target_memcpy_rect(
        target, source, elementSize, dimensions, volume, targetOffsets, sourceOffsets,
        targetDimensions, sourceDimensions, targetDevice, sourceDevice)
}

/// Nothing of the host can be associated with itself.
@c public func omp_target_associate_ptr(
    _ host: UInt, _ device: UInt, _ size: UInt, _ offset: UInt, _ number: Int32
) -> Int32 { invalid }

@c public func omp_target_disassociate_ptr(_ address: UInt, _ device: Int32) -> Int32 { invalid }

/// Gives the workers of the calling thread back (section 3.6). Not from within a region.
@c public func omp_pause_resource(_ kind: Int32, _ device: Int32) -> Int32 {
    // (Both kinds do the same; libgomp asks for no kind either.)
    guard isHost(device) else { return invalid }
    let thread = ThreadRecord.current
    if thread.team.level > 0 { return -1 }
    Teams.disband(thread.seat)
    return 0
}

@c public func omp_pause_resource_all(_ kind: Int32) -> Int32 { omp_pause_resource(kind, 0) }
