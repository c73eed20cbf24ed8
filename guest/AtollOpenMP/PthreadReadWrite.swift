// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// pthread_rwlock_*: the word counts readers; its highest bit is the writer's, the one below says that
// somebody may sleep on it. Readers go first unless the lock was made to prefer writers, as in glibc.

private let writer: UInt32 = 1 << 31
private let sleepers: UInt32 = 1 << 30

private func isMine(_ lock: UInt, _ seen: UInt32) -> Bool {
    seen & writer != 0 && word(lock, ATOLL_RWLOCK_OWNER).loadRelaxed() == pthreadSelf()
}

/// Whether new readers wait for a writer that waits.
private func yields(_ lock: UInt) -> Bool {
    word(lock, ATOLL_RWLOCK_FLAGS).loadRelaxed() == UInt32(ATOLL_RWLOCK_PREFERS_WRITERS)
        && word(lock, ATOLL_RWLOCK_WRITERS).loadRelaxed() > 0
}

/// One try for a reader: 0, EBUSY, EAGAIN or EDEADLK.
private func tryRead(_ lock: UInt) -> Int32 {
    let state = word(lock, ATOLL_RWLOCK_WORD)
    while true {
        let seen = state.load()
        if seen & writer != 0 {
            return isMine(lock, seen) ? ATOLL_EDEADLK : ATOLL_EBUSY
        }
        if seen & ~sleepers == sleepers - 1 { return ATOLL_EAGAIN }
        if yields(lock) { return ATOLL_EBUSY }
        if state.compareExchange(seen, seen + 1) == seen { return 0 }
    }
}

private func tryWrite(_ lock: UInt) -> Int32 {
    let state = word(lock, ATOLL_RWLOCK_WORD)
    while true {
        let seen = state.load()
        if seen & ~sleepers != 0 {
            return isMine(lock, seen) ? ATOLL_EDEADLK : ATOLL_EBUSY
        }
        if state.compareExchange(seen, seen | writer) == seen {
            word(lock, ATOLL_RWLOCK_OWNER).store(pthreadSelf())
            return 0
        }
    }
}

private func take(_ lock: UInt, isWriter: Bool, _ wait: PthreadWait) -> Int32 {
    let state = word(lock, ATOLL_RWLOCK_WORD)
    let writers = word(lock, ATOLL_RWLOCK_WRITERS)
    if isWriter { _ = writers.add(1) }
    defer { if isWriter { _ = writers.add(.max) } }
    var wait = wait
    while true {
        let result = isWriter ? tryWrite(lock) : tryRead(lock)
        guard result == ATOLL_EBUSY else { return result }
        var seen = state.load()
        if wait.isAsleep && seen & ~sleepers != 0 {
            _ = state.compareExchange(seen, seen | sleepers)
            seen |= sleepers
        }
        if !wait.wait(state, while: seen) { return ATOLL_ETIMEDOUT }
    }
}

private func take(_ lock: UInt, isWriter: Bool, _ clock: Int32, _ deadline: UInt) -> Int32 {
    let result = isWriter ? tryWrite(lock) : tryRead(lock)
    guard result == ATOLL_EBUSY else { return result }
    let until = atoll_deadline(UInt64(deadline))
    guard until != .max else { return ATOLL_EINVAL }
    return take(lock, isWriter: isWriter, PthreadWait(clock: clock, until: until))
}

@c
public func pthread_rwlock_rdlock(_ lock: UInt) -> Int32 {
    take(lock, isWriter: false, PthreadWait())
}

@c
public func pthread_rwlock_wrlock(_ lock: UInt) -> Int32 {
    take(lock, isWriter: true, PthreadWait())
}

@c
public func pthread_rwlock_tryrdlock(_ lock: UInt) -> Int32 {
    let result = tryRead(lock)
    return result == ATOLL_EDEADLK ? ATOLL_EBUSY : result
}

@c
public func pthread_rwlock_trywrlock(_ lock: UInt) -> Int32 {
    tryWrite(lock) == 0 ? 0 : ATOLL_EBUSY
}

@c
public func pthread_rwlock_timedrdlock(_ lock: UInt, _ deadline: UInt) -> Int32 {
    take(lock, isWriter: false, 0, deadline)
}

@c
public func pthread_rwlock_timedwrlock(_ lock: UInt, _ deadline: UInt) -> Int32 {
    take(lock, isWriter: true, 0, deadline)
}

@c
public func pthread_rwlock_clockrdlock(_ lock: UInt, _ clock: Int32, _ deadline: UInt) -> Int32 {
    take(lock, isWriter: false, clock, deadline)
}

@c
public func pthread_rwlock_clockwrlock(_ lock: UInt, _ clock: Int32, _ deadline: UInt) -> Int32 {
    take(lock, isWriter: true, clock, deadline)
}

@c
public func pthread_rwlock_unlock(_ lock: UInt) -> Int32 {
    let state = word(lock, ATOLL_RWLOCK_WORD)
    while true {
        let seen = state.load()
        let readers = seen & ~(writer | sleepers)
        // The last one out wakes all.
        let left = seen & writer != 0 || readers <= 1 ? 0 : seen - 1
        if seen & writer != 0 { word(lock, ATOLL_RWLOCK_OWNER).store(0) }
        guard state.compareExchange(seen, left) == seen else { continue }
        if left == 0 && seen & sleepers != 0 { atoll_wake(UInt64(state.address), .max >> 1) }
        return 0
    }
}

@c
public func pthread_rwlock_destroy(_ lock: UInt) -> Int32 { 0 }
