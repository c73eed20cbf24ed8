// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// pthread_cond_*: a sequence number that every signal counts up, and waiters watch. Of those in other
// ranks all see a signal, which POSIX allows ("spurious wakeups"); of the signaller's own rank one is
// woken.

/// - Returns: 0, or ETIMEDOUT; EPERM where a checking mutex is not the caller's.
private func waitOn(_ condition: UInt, _ mutex: UInt, _ wait: PthreadWait) -> Int32 {
    let sequence = word(condition, ATOLL_COND_SEQUENCE)
    let waiters = word(condition, ATOLL_COND_WAITERS)
    let seen = sequence.load()
    _ = waiters.add(1)
    guard let count = releaseMutex(mutex) else {
        _ = waiters.add(.max)
        return ATOLL_EPERM
    }
    var wait = wait
    var isInTime = true
    var isCancelled = atoll_cancel_is_due()
    while sequence.load() == seen && isInTime && !isCancelled {
        isInTime = wait.wait(sequence, while: seen)
        isCancelled = atoll_cancel_is_due()
    }
    let isTold = sequence.load() != seen
    _ = waiters.add(.max)
    let result = regainMutex(mutex, count)
    // The program's handlers find the mutex theirs. Who has been told goes on, lest nobody does.
    if isCancelled && !isTold { atoll_cancel_test() }
    if result != 0 { return result }
    return isInTime ? 0 : ATOLL_ETIMEDOUT
}

@c
public func pthread_cond_wait(_ condition: UInt, _ mutex: UInt) -> Int32 {
    waitOn(condition, mutex, PthreadWait())
}

@c
public func pthread_cond_clockwait(
    _ condition: UInt, _ mutex: UInt, _ clock: Int32, _ deadline: UInt
) -> Int32 {
    let until = atoll_deadline(UInt64(deadline))
    guard until != .max else { return ATOLL_EINVAL }
    return waitOn(condition, mutex, PthreadWait(clock: clock, until: until))
}

@c
public func pthread_cond_timedwait(_ condition: UInt, _ mutex: UInt, _ deadline: UInt) -> Int32 {
    let flags = word(condition, ATOLL_COND_FLAGS).loadRelaxed()
    let clock: Int32 = flags & UInt32(ATOLL_COND_MONOTONIC) != 0 ? 1 : 0
    return pthread_cond_clockwait(condition, mutex, clock, deadline)
}

@c
public func pthread_cond_signal(_ condition: UInt) -> Int32 { tell(condition, 1) }

@c
public func pthread_cond_broadcast(_ condition: UInt) -> Int32 { tell(condition, .max >> 1) }

private func tell(_ condition: UInt, _ threads: UInt32) -> Int32 {
    if word(condition, ATOLL_COND_WAITERS).load() == 0 { return 0 }
    let sequence = word(condition, ATOLL_COND_SEQUENCE)
    _ = sequence.add(1)
    atoll_wake(UInt64(sequence.address), threads)
    return 0
}

/// Waiters that have been told may still be on their way out.
@c
public func pthread_cond_destroy(_ condition: UInt) -> Int32 {
    let waiters = word(condition, ATOLL_COND_WAITERS)
    var wait = PthreadWait()
    while true {
        let count = waiters.load()
        if count == 0 { return 0 }
        _ = wait.wait(waiters, while: count)
    }
}
