// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// brk and sbrk. With several ranks the break moves within a run of the heap, a sixteenth of it and a
// gigabyte at most, which is taken when a program first asks: nothing of it is touched before.

private enum Break {
    /// In the image's header: where the run begins, where it ends, the break; and who is at it.
    static var words: ImageWords {
        // SAFETY: the header is mapped as long as the process lives, and aligned.
        unsafe ImageWords(at: UInt(atoll_memory_words()) + 64, count: 64)
    }

    static var start: Int { 0 }
    static var end: Int { 8 }
    static var now: Int { 16 }
    static var lock: Int { 24 }

    static func locked(_ body: () -> UInt) -> UInt {
        let words = words
        var waiter = HeapWaiter()
        while words.compareExchange(0, 1, at: lock) != 0 { do { try waiter.wait() } catch {} }
        defer { words.store(0, at: lock) }
        if words.load(start) == 0 {
            let bytes = min(ImageHeap.words.count / 16, 1 << 30)
            let block = MemoryMaps.allocate(bytes)
            guard block != 0 else { return MemoryMaps.fail(ATOLL_ENOMEM) }
            words.store(UInt64(block), at: now)
            words.store(UInt64(block) + UInt64(bytes), at: end)
            words.store(UInt64(block), at: start)
        }
        return body()
    }

    static func move(to address: UInt) -> UInt {
        let words = words
        guard address >= UInt(words.load(start)), address <= UInt(words.load(end)) else {
            return MemoryMaps.fail(ATOLL_ENOMEM)
        }
        let old = UInt(words.load(now))
        // What is given up comes back as zeros.
        if address < old { MemoryMaps.zero(address, Int(old - address)) }
        words.store(UInt64(address), at: now)
        return old
    }
}

@c
public func sbrk(_ bytes: Int) -> UInt {
    atoll_memory_begin()
    guard MemoryMaps.isOurs else { return atoll_real_sbrk(bytes) }
    return Break.locked {
        Break.move(to: UInt(Break.words.load(Break.now)) &+ UInt(bitPattern: bytes))
    }
}

@c
public func brk(_ address: UInt) -> Int32 {
    atoll_memory_begin()
    guard MemoryMaps.isOurs else { return atoll_real_brk(address) }
    return Break.locked { Break.move(to: address) } == MemoryMaps.failed ? -1 : 0
}
