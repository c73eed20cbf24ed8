// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

// mmap(2) and its relatives. With one rank the kernel does all of it. With several, memory that is to be
// everybody's comes from the heap, in whole pages of it; a file is read into such memory, since its pages
// are one kernel's; and protection is changed in all of them (memory_protect.c).

/// Memory that was mapped, in the heap.
enum MemoryMaps {
    /// What mmap gives where it fails.
    static var failed: UInt { .max }

    static func fail(_ number: Int32) -> UInt {
        atoll_memory_set_errno(number)
        return failed
    }

    static var isOurs: Bool { atoll_ranks() > 1 }

    /// The offset in the heap of an address; `nil`: it is not there.
    static func offset(_ address: UInt) -> Int? {
        let offset = address &- ImageHeap.words.address
        return offset < UInt(ImageHeap.words.count) ? Int(offset) : nil
    }

    /// Zeros; 0: there is no room.
    static func allocate(_ bytes: Int) -> UInt {
        var waiter = HeapWaiter()
        let seat = ImageHeap.join()
        let heap = ImageHeap.heap
        let (block, zeros) = heap.allocateRun(bytes, alignment: 1 << 16, seat, &waiter)
        guard block != 0 else { return 0 }
        let length = heap.size(of: block)
        heap.fillRest(block >> 16, length >> 16)
        zero(heap.address(block), min(length, zeros))
        heap.setMapped(block >> 16, bytes)
        return heap.address(block)
    }

    /// Memory that is not for writing is that in all ranks.
    static func protect(_ address: UInt, _ bytes: Int, _ protection: Int32) {
        if protection & ATOLL_PROT_WRITE == 0 { _ = mprotect(address, bytes, protection) }
    }

    static func zero(_ address: UInt, _ bytes: Int) {
        if bytes > 0 { atoll_memory_give_up(UInt64(address), UInt64(bytes)) }
    }

    /// Frees what of a heap's page or more lies in this range, and was mapped.
    static func free(_ range: Range<Int>) {
        var waiter = HeapWaiter()
        let heap = ImageHeap.heap
        var at = range.lowerBound
        while at < range.upperBound {
            guard let run = heap.run(around: at) else {
                at = (at >> 16 + 1) << 16
                continue
            }
            let bytes = heap.mapped(run.lowerBound)
            let first = (at + 0xffff) >> 16
            // The run's last page is free with the last byte that was asked for.
            let isToEnd = range.upperBound >= run.lowerBound << 16 + bytes
            let end = isToEnd ? run.upperBound : min(range.upperBound >> 16, run.upperBound)
            if first < end { heap.cut(run.lowerBound, first..<end, &waiter) }
            at = run.upperBound << 16
        }
    }
}

@c
public func mmap(
    _ address: UInt, _ bytes: Int, _ protection: Int32, _ flags: Int32, _ file: Int32,
    _ offset: Int
) -> UInt {
    atoll_memory_begin()
    guard MemoryMaps.isOurs else {
        return atoll_real_mmap(address, bytes, protection, flags, file, offset)
    }
    guard bytes > 0 else { return MemoryMaps.fail(ATOLL_EINVAL) }
    let isAnonymous = flags & ATOLL_MAP_ANONYMOUS != 0
    if flags & ATOLL_MAP_FIXED != 0 {
        guard isAnonymous, let start = MemoryMaps.offset(address) else {
            // SAFETY: a sentence that ends in a zero.
            unsafe atoll_memory_say(
                "mmap at a fixed address: no other VM of the program would see that memory")
            return MemoryMaps.fail(ATOLL_ENOMEM)
        }
        guard start + bytes <= ImageHeap.words.count else { return MemoryMaps.fail(ATOLL_ENOMEM) }
        _ = atoll_memory_unprotect(UInt64(address), UInt64(bytes))
        MemoryMaps.zero(address, bytes)
        MemoryMaps.protect(address, bytes, protection)
        return address
    }
    if !isAnonymous && flags & ATOLL_MAP_SHARED != 0 && protection & ATOLL_PROT_WRITE != 0 {
        // SAFETY: a sentence that ends in a zero.
        unsafe atoll_memory_say(
            "mmap of a file, shared and for writing: no other VM of the program would see that memory"
        )
        return MemoryMaps.fail(ATOLL_ENODEV)
    }
    let block = MemoryMaps.allocate(bytes)
    guard block != 0 else { return MemoryMaps.fail(ATOLL_ENOMEM) }
    if !isAnonymous {
        let error = atoll_memory_read(file, UInt64(block), UInt64(bytes), offset)
        if error != 0 {
            _ = munmap(block, bytes)
            return MemoryMaps.fail(error)
        }
    } else {
        MemoryMaps.protect(block, bytes, protection)
    }
    return block
}

@c
public func mmap64(
    _ address: UInt, _ bytes: Int, _ protection: Int32, _ flags: Int32, _ file: Int32,
    _ offset: Int
) -> UInt { mmap(address, bytes, protection, flags, file, offset) }

@c
public func munmap(_ address: UInt, _ bytes: Int) -> Int32 {
    guard MemoryMaps.isOurs, let start = MemoryMaps.offset(address), bytes > 0 else {
        return Int32(truncatingIfNeeded: atoll_real_munmap(address, bytes))
    }
    _ = atoll_memory_unprotect(UInt64(address), UInt64(bytes))
    _ = atoll_memory_give_back(UInt64(address), UInt64(bytes) & ~4095)
    MemoryMaps.free(start..<(start + bytes))
    return 0
}

@c
public func mremap(
    _ address: UInt, _ old: Int, _ new: Int, _ flags: Int32, _ target: UInt
) -> UInt {
    guard MemoryMaps.isOurs, let start = MemoryMaps.offset(address) else {
        return atoll_real_mremap(address, old, new, flags, target)
    }
    guard new > 0, old > 0, flags & ~ATOLL_MREMAP_MAYMOVE == 0 else {
        return MemoryMaps.fail(ATOLL_EINVAL)
    }
    if new <= old {
        let kept = (new + 4095) & ~4095
        if kept < old { _ = munmap(address + UInt(kept), old - kept) }
        return address
    }
    // What lies behind in the same page of the heap was zeros when it was mapped.
    let heap = ImageHeap.heap
    if let run = heap.run(around: start), run.lowerBound << 16 == start,
        start + new <= run.upperBound << 16
    {
        heap.setMapped(run.lowerBound, new)
        return address
    }
    guard flags & ATOLL_MREMAP_MAYMOVE != 0 else { return MemoryMaps.fail(ATOLL_ENOMEM) }
    let block = MemoryMaps.allocate(new)
    guard block != 0 else { return MemoryMaps.fail(ATOLL_ENOMEM) }
    let protection = atoll_memory_unprotect(UInt64(address), UInt64(old))
    atoll_memory_copy(UInt64(block), UInt64(address), UInt64(old))
    MemoryMaps.free(start..<(start + old))
    if protection >= 0 { _ = mprotect(block, new, protection) }
    return block
}

@c
public func mprotect(_ address: UInt, _ bytes: Int, _ protection: Int32) -> Int32 {
    if MemoryMaps.isOurs {
        return atoll_memory_protect(UInt64(address), UInt64(bytes), protection)
    }
    return Int32(truncatingIfNeeded: atoll_real_mprotect(address, bytes, protection))
}

/// Of the heap, what was given up is zeros, as of any anonymous memory.
@c
public func madvise(_ address: UInt, _ bytes: Int, _ advice: Int32) -> Int32 {
    guard MemoryMaps.offset(address) != nil else {
        return Int32(truncatingIfNeeded: atoll_real_madvise(address, bytes, advice))
    }
    if advice == ATOLL_MADV_DONTNEED { MemoryMaps.zero(address, bytes) }
    return 0
}

/// Advice of POSIX changes no contents.
@c
public func posix_madvise(_ address: UInt, _ bytes: Int, _ advice: Int32) -> Int32 { 0 }
