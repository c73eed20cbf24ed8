// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// Robust mutexes (POSIX, pthread_mutexattr_setrobust). Beside the values that the word of any mutex has,
// 3 says that its owner has ended and nobody has it now, 4 that it cannot be used any more. Whether what
// it guards is inconsistent stands in a field that glibc uses otherwise. Those that a thread holds are a
// list through the mutexes, as glibc's are, which that thread alone touches.

private let orphaned: UInt32 = 3
private let isLost: UInt32 = 4

@inline(__always)
func isRobust(_ mutex: UInt) -> Bool {
    word(mutex, ATOLL_MUTEX_KIND).loadRelaxed() & UInt32(ATOLL_MUTEX_ROBUST) != 0
}

/// The neighbours of a mutex in its owner's list: at the addresses of two mutexes, or 0.
private func links(_ mutex: UInt) -> ImageWords {
    // SAFETY: fields of a mutex of the program's, which is aligned to 8.
    unsafe ImageWords(at: mutex &+ UInt(ATOLL_MUTEX_BEFORE), count: 16)
}

private let before = 0
private let after = Int(ATOLL_MUTEX_AFTER - ATOLL_MUTEX_BEFORE)

private func enlist(_ mutex: UInt) {
    let first = atoll_memory_robust()
    links(mutex).storeRelaxed(0, at: before)
    links(mutex).storeRelaxed(first, at: after)
    if first != 0 { links(UInt(first)).storeRelaxed(UInt64(mutex), at: before) }
    atoll_memory_set_robust(UInt64(mutex))
    word(mutex, ATOLL_MUTEX_COUNT).store(1)
    word(mutex, ATOLL_MUTEX_OWNER).store(pthreadSelf())
}

private func delist(_ mutex: UInt) {
    let previous = links(mutex).loadRelaxed(before)
    let next = links(mutex).loadRelaxed(after)
    if previous != 0 {
        links(UInt(previous)).storeRelaxed(next, at: after)
    } else {
        atoll_memory_set_robust(next)
    }
    if next != 0 { links(UInt(next)).storeRelaxed(previous, at: before) }
    word(mutex, ATOLL_MUTEX_OWNER).store(0)
}

/// - Parameter wait: `nil`: do not.
func takeRobust(_ mutex: UInt, _ wait: PthreadWait?) -> Int32 {
    let lock = word(mutex, ATOLL_MUTEX_WORD)
    var mark: UInt32 = 1
    var wait = wait
    while true {
        let seen = lock.load()
        if seen == isLost { return ATOLL_ENOTRECOVERABLE }
        if seen == 0 || seen == orphaned {
            // Others may wait for one that was orphaned: then whoever gives it back looks.
            guard lock.compareExchange(seen, seen == 0 ? mark : 2) == seen else { continue }
            enlist(mutex)
            if seen == 0 { return 0 }
            word(mutex, ATOLL_MUTEX_STATE).store(1)
            return ATOLL_EOWNERDEAD
        }
        guard wait != nil else { return ATOLL_EBUSY }
        if wait?.wait(lock, while: 2) == false { return ATOLL_ETIMEDOUT }
        if wait?.isAsleep == true {
            mark = 2
            if seen == 1 { _ = lock.compareExchange(1, 2) }
        }
    }
}

/// The owner gives it back wholly.
func giveRobust(_ mutex: UInt) {
    let lock = word(mutex, ATOLL_MUTEX_WORD)
    let state = word(mutex, ATOLL_MUTEX_STATE)
    delist(mutex)
    // POSIX: who does not repair it leaves it useless.
    let isRepaired = state.loadRelaxed() == 0
    state.store(0)
    if lock.exchange(isRepaired ? 0 : isLost) == 2 {
        atoll_wake(UInt64(lock.address), isRepaired ? 1 : .max >> 1)
    }
}

@c
public func pthread_mutex_consistent(_ mutex: UInt) -> Int32 {
    let state = word(mutex, ATOLL_MUTEX_STATE)
    guard isRobust(mutex), state.loadRelaxed() == 1,
        word(mutex, ATOLL_MUTEX_OWNER).loadRelaxed() == pthreadSelf()
    else { return ATOLL_EINVAL }
    state.store(0)
    return 0
}

@c
public func atoll_robust_end() {
    while true {
        let mutex = UInt(atoll_memory_robust())
        guard mutex != 0 else { return }
        delist(mutex)
        let lock = word(mutex, ATOLL_MUTEX_WORD)
        _ = lock.exchange(orphaned)
        atoll_wake(UInt64(lock.address), .max >> 1)
    }
}
