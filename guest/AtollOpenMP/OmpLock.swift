// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import AtollSync
internal import CAtollOpenMP

// Locks (OpenMP 5.1, section 3.9). `omp_lock_t` is gcc's: 4 bytes, 0 while it is free. Its hints are of
// no use here.
//
// If the holder dies: its process is lost, and with it the program; see ``ImageWaiter``.

@inline(__always)
private func lock(_ address: UInt) -> WordLock<WordOf32> {
    // SAFETY: the program gives a lock of its own, which is in shared memory as all that it has is.
    unsafe WordLock(WordOf32(ImageWord32(at: address)))
}

@c public func omp_init_lock(_ address: UInt) { omp_init_lock_with_hint(address, 0) }

@c public func omp_init_lock_with_hint(_ address: UInt, _ hint: Int) {
    lock(address).release()
    if Ompt.isOn { Ompt.lockBegins(.lock, address, hint: hint) }
}

@c public func omp_destroy_lock(_ address: UInt) {
    if Ompt.isOn { Ompt.lockEnds(.lock, address) }
}

@c public func omp_set_lock(_ address: UInt) {
    let lock = lock(address)
    Ompt.acquire(.lock, address) {
        if !lock.takes() { acquireSlowly(lock) }
    }
}

@c public func omp_unset_lock(_ address: UInt) {
    lock(address).release()
    Bell.rouse()
    if Ompt.isOn { Ompt.released(.lock, address) }
}

@c public func omp_test_lock(_ address: UInt) -> Int32 {
    if Ompt.isOn { Ompt.acquires(.testLock, address) }
    let isMine = lock(address).tries()
    if Ompt.isOn { isMine ? Ompt.acquired(.testLock, address) : Ompt.notWaiting() }
    return isMine ? 1 : 0
}

@inline(never)
private func acquireSlowly(_ lock: WordLock<WordOf32>) {
    var waiter = ImageWaiter(ThreadRecord.current, .lock)
    lock.wait(&waiter)
}
