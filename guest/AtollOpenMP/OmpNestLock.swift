// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

// Nestable locks (OpenMP 5.1, section 3.9): owned by a task. One word of 8 bytes, where gcc gives 16 and
// LLVM 8: the owner's record above 16 bits of how often it holds the lock; 0 while it is free.

@inline(__always)
private func word(_ address: UInt) -> WordOfWords<ImageWords> {
    // SAFETY: the program gives a lock of its own, which is in shared memory as all that it has is.
    unsafe ImageWords(at: address, count: 8).word(at: 0)
}

@inline(__always)
private func lock(_ address: UInt) -> NestLock<WordOfWords<ImageWords>> { NestLock(word(address)) }

/// The task that the calling thread runs.
@inline(__always)
private func owner(_ thread: ThreadRecord) -> UInt64 {
    thread.task != 0 ? thread.task : UInt64(thread.seat.offset)
}

@c public func omp_init_nest_lock(_ address: UInt) { omp_init_nest_lock_with_hint(address, 0) }

@c public func omp_init_nest_lock_with_hint(_ address: UInt, _ hint: Int) {
    word(address).store(0)
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
    var waiter = ImageWaiter(thread, .lock)
    lock(address).wait(owner(thread), &waiter)
}

@c public func omp_unset_nest_lock(_ address: UInt) {
    let isLast = lock(address).release()
    if isLast { Bell.rouse() }
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
    guard let count = lock(address).tries(owner(ThreadRecord.current)) else {
        // SAFETY: a string of ours with its zero.
        unsafe atoll_image_fail(126, "a nestable lock is held 65536 times")
    }
    return Int32(truncatingIfNeeded: count)
}
