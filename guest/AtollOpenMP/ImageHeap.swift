// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

/// The program's heap, from which the runtime takes its own records too: addresses that hold in every
/// rank.
enum ImageHeap {
    static var words: ImageWords {
        @inline(__always) get {
            // SAFETY: `atoll_memory_begin` has mapped these bytes for as long as the process lives;
            // before that there are none, and nothing is asked of them.
            unsafe ImageWords(
                at: UInt(atoll_memory_heap()), count: Int(truncatingIfNeeded: atoll_memory_bytes()))
        }
    }

    static var heap: ProgramHeap<ImageWords> {
        @_lifetime(immortal)
        @inline(__always) get { ProgramHeap(words) }
    }

    /// The calling thread's seat, 0 at first.
    static var seat: Int {
        @inline(__always) get { Int(truncatingIfNeeded: atoll_memory_seat()) }
    }

    /// A block of at least so many bytes.
    ///
    /// - Parameter alignment: a power of two.
    /// - Returns: its address; 0: there is no room.
    static func allocate(_ bytes: Int, alignment: Int = 16) -> UInt {
        if alignment <= 16 {
            let block = heap.take(bytes, seat)
            if block != 0 { return heap.address(block) }
        }
        // There may be no heap before this.
        let seat = join()
        var waiter = HeapWaiter()
        return heap.address(
            heap.allocate(staggered(bytes), alignment: alignment, seat, &waiter))
    }

    /// Arrays of a power of two that lay one behind the other would compete for the same places in every
    /// cache, wherever a loop goes through some of them at once: a tenth of its speed. So a large block has an odd
    /// number of pages; what is never used of them is never taken.
    @inline(__always)
    private static func staggered(_ bytes: Int) -> Int {
        let page = ProgramHeap<ImageWords>.pageBytes
        guard bytes >= 1 << 20, bytes < words.count else { return bytes }
        return ((bytes + page - 1) / page | 1) * page
    }

    /// A block of zeros. Memory that was never used is known to be zeros, and is not touched.
    static func allocateZeros(_ bytes: Int, alignment: Int = 16) -> UInt {
        if bytes <= ProgramHeap<ImageWords>.largestSmall && alignment <= 4096 {
            let address = allocate(bytes, alignment: alignment)
            if address != 0 { atoll_memory_zero(UInt64(address), UInt64(bytes)) }
            return address
        }
        var waiter = HeapWaiter()
        let seat = join()
        let (block, zeros) = heap.allocateRun(
            staggered(bytes), alignment: alignment, seat, &waiter)
        if block != 0 && zeros > 0 {
            atoll_memory_zero(UInt64(heap.address(block)), UInt64(min(bytes, zeros)))
        }
        return heap.address(block)
    }

    /// The bytes that a block has; 0: none of ours.
    static func size(_ address: UInt) -> Int {
        heap.size(of: Int(bitPattern: address &- words.address))
    }

    /// Gives a block back, whoever allocated it, in whichever rank. 0 is no block.
    static func free(_ address: UInt) {
        let heap = heap
        let block = Int(bitPattern: address &- words.address)
        if UInt(bitPattern: block) < UInt(bitPattern: words.count) {
            let seat = seat
            if seat != 0 && heap.give(block, seat) { return }
            var waiter = HeapWaiter()
            if heap.free(block, seat, &waiter) { return }
            atoll_memory_bad_free()
        }
        // Of ld.so's own, before anybody asked us; or nothing.
    }

    /// The seat of the calling thread, which takes one if it has none.
    @inline(never)
    static func join() -> Int {
        let seat = seat
        if seat != 0 { return seat }
        atoll_memory_begin()
        var waiter = HeapWaiter()
        let joined = heap.join(&waiter)
        guard joined != 0 else { atoll_memory_no_seat() }
        atoll_memory_set_seat(UInt64(joined))
        atoll_memory_at_thread_end()
        return joined
    }
}

extension ProgramHeap<ImageWords> {
    @inline(__always)
    func address(_ block: Int) -> UInt {
        block == 0 ? 0 : UInt(atoll_memory_heap()) &+ UInt(bitPattern: block)
    }
}

/// What image asks for stacks and segments.
@c
public func atoll_heap_allocate(_ bytes: UInt64, _ alignment: UInt64) -> UInt {
    ImageHeap.allocate(Int(bytes), alignment: Int(alignment))
}

@c
public func atoll_heap_free(_ address: UInt) { ImageHeap.free(address) }

@c
public func atoll_heap_end() -> UInt64 { UInt64(ImageHeap.heap.end) }

/// Before any rank uses the heap, whose records are zeros; `isZero`: so is all the rest.
@c
public func atoll_heap_create(_ isZero: Bool) {
    atoll_memory_begin()
    if !isZero { ImageHeap.heap.distrustZeros() }
}

/// Before a process is copied, so that no lock of the heap is held in the copy by a thread that it does
/// not have.
@c
public func atoll_heap_freeze() {
    guard atoll_memory_bytes() > 0 else { return }
    var waiter = HeapWaiter()
    ImageHeap.heap.freeze(&waiter)
}

@c
public func atoll_heap_thaw() {
    if atoll_memory_bytes() > 0 { ImageHeap.heap.thaw() }
}
