// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// Places (OpenMP 5.1, sections 3.3.2 to 3.3.7).

@c public func omp_get_num_places() -> Int32 {
    _ = ThreadRecord.current
    return Int32(clamping: atoll_places())
}

@c public func omp_get_place_num_procs(_ place: Int32) -> Int32 {
    _ = ThreadRecord.current
    guard place >= 0, place < atoll_places() else { return 0 }
    return Int32(clamping: atoll_place_size(UInt32(place)))
}

/// `isWide`: numbers of 8 bytes, for Fortran with such integers.
func writePlaceProcessors(_ place: Int, _ numbers: UInt, isWide: Bool) {
    _ = ThreadRecord.current
    guard place >= 0, place < Int(atoll_places()) else { return }
    for index in 0..<Int(atoll_place_size(UInt32(place))) {
        write(
            Int(atoll_place_processor(UInt32(place), UInt32(index))), to: numbers, index, isWide)
    }
}

private func write(_ number: Int, to array: UInt, _ index: Int, _ isWide: Bool) {
    // SAFETY: the caller gives an array with room for all of them, which no other thread looks at.
    if isWide {
        unsafe ImageWords(at: array, count: 8 * index + 8).storeRelaxed(
            UInt64(bitPattern: Int64(number)), at: 8 * index)
    } else {
        unsafe ImageWord32(at: array + 4 * UInt(index)).store(UInt32(truncatingIfNeeded: number))
    }
}

@c public func omp_get_place_proc_ids(_ place: Int32, _ numbers: UInt) {
    writePlaceProcessors(Int(place), numbers, isWide: false)
}

@c public func omp_get_place_proc_ids_8_(_ place: UInt, _ numbers: UInt) {
    // SAFETY: Fortran gives the address of an integer.
    let number = unsafe ImageWords(at: place, count: 8).loadRelaxed(0)
    writePlaceProcessors(Int(truncatingIfNeeded: number), numbers, isWide: true)
}

@c public func omp_get_place_num() -> Int32 {
    Int32(ThreadRecord.current.placeRange.own ?? -1)
}

@c public func omp_get_partition_num_places() -> Int32 {
    let range = ThreadRecord.current.placeRange
    return range.own == nil ? 0 : Int32(range.count)
}

private func writePartition(_ numbers: UInt, isWide: Bool) {
    let range = ThreadRecord.current.placeRange
    if range.own == nil { return }
    for index in 0..<range.count { write(range.first + index, to: numbers, index, isWide) }
}

@c public func omp_get_partition_place_nums(_ numbers: UInt) {
    writePartition(numbers, isWide: false)
}

@c public func omp_get_partition_place_nums_8_(_ numbers: UInt) {
    writePartition(numbers, isWide: true)
}

@c public func omp_get_schedule(_ kind: UInt, _ chunk: UInt) {
    let environment = ThreadRecord.current.environment
    // SAFETY: the caller gives the addresses of two integers of its own.
    unsafe ImageWord32(at: kind).store(UInt32(truncatingIfNeeded: environment.schedule))
    unsafe ImageWord32(at: chunk).store(UInt32(clamping: environment.scheduleChunk))
}
