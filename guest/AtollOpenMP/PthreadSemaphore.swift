// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// sem_* of POSIX and pthread_barrier_*. The former give -1 and errno.

private func tryTake(_ value: ImageWord32) -> Bool {
    while true {
        let seen = value.load()
        if seen == 0 { return false }
        if value.compareExchange(seen, seen - 1) == seen { return true }
    }
}

private func fail(_ number: Int32) -> Int32 {
    atoll_memory_set_errno(number)
    return -1
}

private func take(_ semaphore: UInt, _ wait: PthreadWait) -> Int32 {
    let value = word(semaphore, ATOLL_SEM_VALUE)
    let waiters = word(semaphore, ATOLL_SEM_WAITERS)
    _ = waiters.add(1)
    var wait = wait
    var result: Int32 = 0
    var isCancelled = false
    while !isCancelled && !tryTake(value) {
        if !wait.wait(value, while: 0) { result = ATOLL_ETIMEDOUT }
        if wait.isInterrupted { result = ATOLL_EINTR }
        if result != 0 { break }
        isCancelled = atoll_cancel_is_due()
    }
    _ = waiters.add(.max)
    // Nobody comes back from this.
    if isCancelled { atoll_cancel_test() }
    return result == 0 ? 0 : fail(result)
}

@c
public func sem_wait(_ semaphore: UInt) -> Int32 {
    atoll_cancel_test()
    return tryTake(word(semaphore, ATOLL_SEM_VALUE)) ? 0 : take(semaphore, PthreadWait())
}

@c
public func sem_trywait(_ semaphore: UInt) -> Int32 {
    tryTake(word(semaphore, ATOLL_SEM_VALUE)) ? 0 : fail(ATOLL_EAGAIN)
}

@c
public func sem_clockwait(_ semaphore: UInt, _ clock: Int32, _ deadline: UInt) -> Int32 {
    atoll_cancel_test()
    if tryTake(word(semaphore, ATOLL_SEM_VALUE)) { return 0 }
    let until = atoll_deadline(UInt64(deadline))
    guard until != .max else { return fail(ATOLL_EINVAL) }
    return take(semaphore, PthreadWait(clock: clock, until: until))
}

@c
public func sem_timedwait(_ semaphore: UInt, _ deadline: UInt) -> Int32 {
    sem_clockwait(semaphore, 0, deadline)
}

@c
public func sem_post(_ semaphore: UInt) -> Int32 {
    let value = word(semaphore, ATOLL_SEM_VALUE)
    while true {
        let seen = value.load()
        if seen == UInt32(Int32.max) { return fail(ATOLL_EOVERFLOW) }
        if value.compareExchange(seen, seen + 1) == seen { break }
    }
    if word(semaphore, ATOLL_SEM_WAITERS).load() > 0 { atoll_wake(UInt64(value.address), 1) }
    return 0
}

/// As `pthread_barrier_init` of glibc leaves it: nobody has arrived, in round 0.
@c
public func pthread_barrier_wait(_ barrier: UInt) -> Int32 {
    let arrived = word(barrier, ATOLL_BARRIER_ARRIVED)
    let round = word(barrier, ATOLL_BARRIER_ROUND)
    let count = word(barrier, ATOLL_BARRIER_COUNT).loadRelaxed()
    let seen = round.load()
    if arrived.add(1) + 1 == count {
        arrived.store(0)
        _ = round.add(1)
        atoll_wake(UInt64(round.address), .max >> 1)
        // PTHREAD_BARRIER_SERIAL_THREAD
        return -1
    }
    var wait = PthreadWait()
    while round.load() == seen { _ = wait.wait(round, while: seen) }
    return 0
}

@c
public func pthread_barrier_destroy(_ barrier: UInt) -> Int32 { 0 }
