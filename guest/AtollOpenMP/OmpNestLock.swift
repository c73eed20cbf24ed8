// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// Nestable locks (OpenMP 5.1, section 3.9): owned by a task. One word of 8 bytes, where gcc gives 16 and
// LLVM 8: the owner's record above 16 bits of how often it holds the lock; 0 while it is free.

@inline(__always)
private func lock(_ address: UInt) -> ImageWords {
    // SAFETY: the program gives a lock of its own, which is in shared memory as all that it has is.
    unsafe ImageWords(at: address, count: 8)
}

/// The task that the calling thread runs.
@inline(__always)
private func owner(_ thread: ThreadRecord) -> UInt64 {
    (thread.task != 0 ? thread.task : UInt64(thread.seat.offset)) << 16
}

@c public func omp_init_nest_lock(_ address: UInt) { omp_init_nest_lock_with_hint(address, 0) }

@c public func omp_init_nest_lock_with_hint(_ address: UInt, _ hint: Int) {
    lock(address).store(0, at: 0)
    if Ompt.isOn { Ompt.lockBegins(.nestLock, address, hint: hint) }
}

@c public func omp_destroy_nest_lock(_ address: UInt) {
    if Ompt.isOn { Ompt.lockEnds(.nestLock, address) }
}

@c public func omp_set_nest_lock(_ address: UInt) {
    if Ompt.isOn { Ompt.acquires(.nestLock, address) }
    var count = test(address)
    if count == 0 {
        wait(address)
        count = 1
    }
    if Ompt.isOn { taken(.nestLock, address, count) }
}

private func wait(_ address: UInt) {
    let thread = ThreadRecord.current
    let words = lock(address)
    var waiter = ImageWaiter(thread, .lock)
    var pauses = 4
    while true {
        waiter.pause(pauses)
        if words.loadRelaxed(0) == 0, words.compareExchange(0, owner(thread) | 1, at: 0) == 0 {
            break
        }
        if pauses < 64 { pauses *= 2 } else { waiter.step() }
    }
    waiter.end()
}

@c public func omp_unset_nest_lock(_ address: UInt) {
    let words = lock(address)
    let value = words.loadRelaxed(0)
    let isLast = value & 0xffff <= 1
    words.store(isLast ? 0 : value - 1, at: 0)
    if Ompt.isOn {
        isLast ? Ompt.released(.nestLock, address) : Ompt.nests(Ompt.end, address)
    }
}

@c public func omp_test_nest_lock(_ address: UInt) -> Int32 {
    if Ompt.isOn { Ompt.acquires(.testNestLock, address) }
    let count = test(address)
    if Ompt.isOn { taken(.testNestLock, address, count) }
    return count
}

private func taken(_ kind: Ompt.Mutex, _ address: UInt, _ count: Int32) {
    switch count {
    case 0: Ompt.notWaiting()
    case 1: Ompt.acquired(kind, address)
    default: Ompt.nests(Ompt.begin, address)
    }
}

/// How often the task holds it then; 0: another does.
private func test(_ address: UInt) -> Int32 {
    let words = lock(address)
    let me = owner(ThreadRecord.current)
    let value = words.loadRelaxed(0)
    if value == 0 { return words.compareExchange(0, me | 1, at: 0) == 0 ? 1 : 0 }
    if value & ~0xffff != me { return 0 }
    if value & 0xffff == 0xffff {
        // SAFETY: a string of ours with its zero.
        unsafe atoll_image_fail(126, "a nestable lock is held 65536 times")
    }
    words.store(value + 1, at: 0)
    return Int32(truncatingIfNeeded: (value + 1) & 0xffff)
}
