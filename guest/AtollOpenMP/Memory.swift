// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

// The names of malloc(3), over the image's heap. `malloc` and `free` themselves are in memory.c: Swift
// keeps these names for its own runtime.

// SAFETY of all below: pointers come from the program, which promises what C's standard asks of it,
// and from the heap, whose blocks are mapped as long as the process lives.

@inline(__always)
private func pointer(_ address: UInt) -> UnsafeMutableRawPointer? {
    unsafe UnsafeMutableRawPointer(bitPattern: address)
}

@inline(never)
private func allocateSlowly(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let address = bytes < 0 ? 0 : ImageHeap.allocate(bytes)
    if address == 0 { atoll_memory_set_errno(ATOLL_ENOMEM) }
    return unsafe pointer(address)
}

@c
public func atoll_malloc(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let heap = ImageHeap.heap
    let block = heap.take(bytes, ImageHeap.seat)
    if block != 0 { return unsafe pointer(heap.address(block)) }
    return unsafe allocateSlowly(bytes)
}

@c
public func atoll_free(_ block: UnsafeMutableRawPointer?) {
    ImageHeap.free(UInt(bitPattern: block))
}

@c
public func calloc(_ count: Int, _ bytes: Int) -> UnsafeMutableRawPointer? {
    let (total, isOver) = UInt(bitPattern: count).multipliedReportingOverflow(
        by: UInt(bitPattern: bytes))
    guard !isOver, total <= UInt(Int.max) else {
        atoll_memory_set_errno(ATOLL_ENOMEM)
        return nil
    }
    return unsafe pointer(ImageHeap.allocateZeros(Int(total)))
}

@c
public func realloc(_ block: UnsafeMutableRawPointer?, _ bytes: Int) -> UnsafeMutableRawPointer? {
    guard let block = unsafe block else { return unsafe atoll_malloc(bytes) }
    if bytes == 0 {
        unsafe atoll_free(block)
        return nil
    }
    let old = UInt(bitPattern: block)
    let offset = Int(bitPattern: old &- ImageHeap.words.address)
    var waiter = HeapWaiter()
    let size = ImageHeap.size(old)
    if size > 0 && ImageHeap.heap.resize(offset, bytes, &waiter) { return unsafe block }
    guard let new = unsafe atoll_malloc(bytes) else { return nil }
    // What is not of the heap was ld.so's, which has blocks of a few bytes and tells no length.
    if size == 0 { atoll_memory_bad_free() }
    let address = UInt(bitPattern: new)
    atoll_memory_copy(UInt64(address), UInt64(old), UInt64(min(size, bytes)))
    ImageHeap.free(old)
    return unsafe new
}

@c
public func reallocarray(
    _ block: UnsafeMutableRawPointer?, _ count: Int, _ bytes: Int
) -> UnsafeMutableRawPointer? {
    let (total, isOver) = UInt(bitPattern: count).multipliedReportingOverflow(
        by: UInt(bitPattern: bytes))
    guard !isOver, total <= UInt(Int.max) else {
        atoll_memory_set_errno(ATOLL_ENOMEM)
        return nil
    }
    return unsafe realloc(block, Int(total))
}

/// POSIX posix_memalign: gives an error number, and leaves errno as it is.
@c
public func posix_memalign(
    _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: Int, _ bytes: Int
) -> Int32 {
    guard alignment >= 8, alignment & (alignment - 1) == 0 else { return ATOLL_EINVAL }
    let address = bytes < 0 ? 0 : ImageHeap.allocate(bytes, alignment: alignment)
    guard address != 0 else { return ATOLL_ENOMEM }
    unsafe result.pointee = unsafe pointer(address)
    return 0
}

@c
public func memalign(_ alignment: Int, _ bytes: Int) -> UnsafeMutableRawPointer? {
    // As glibc does: rounded up to a power of two.
    var power = 16
    while power < alignment && power < 1 << 46 { power <<= 1 }
    let address = bytes < 0 ? 0 : ImageHeap.allocate(bytes, alignment: power)
    if address == 0 { atoll_memory_set_errno(ATOLL_ENOMEM) }
    return unsafe pointer(address)
}

@c
public func aligned_alloc(_ alignment: Int, _ bytes: Int) -> UnsafeMutableRawPointer? {
    unsafe memalign(alignment, bytes)
}

@c
public func valloc(_ bytes: Int) -> UnsafeMutableRawPointer? { unsafe memalign(4096, bytes) }

@c
public func pvalloc(_ bytes: Int) -> UnsafeMutableRawPointer? {
    unsafe memalign(4096, bytes < 0 ? bytes : (bytes + 4095) & ~4095)
}

@c
public func malloc_usable_size(_ block: UnsafeMutableRawPointer?) -> Int {
    ImageHeap.size(UInt(bitPattern: block))
}

@c
public func atoll_memory_leave(_ seat: UInt64) {
    var waiter = HeapWaiter()
    ImageHeap.heap.leave(Int(truncatingIfNeeded: seat), &waiter)
}
