// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// pthread_mutex_*, for mutexes that threads of several ranks use. The word is 0: free; 1: held; 2: held,
// and somebody may sleep on it (Drepper, "Futexes are tricky"). For robust ones see PthreadRobust.swift.
// Protocols of priority change nothing: threads of different kernels have no common scheduler.

/// Takes the word.
///
/// - Returns: `false`: the deadline has passed.
@inline(never)
private func takeSlowly(_ lock: ImageWord32, _ wait: inout PthreadWait) -> Bool {
    var mark: UInt32 = 1
    while true {
        let seen = lock.loadRelaxed()
        if seen == 0 {
            if lock.compareExchange(0, mark) == 0 { return true }
            continue
        }
        if !wait.wait(lock, while: 2) { return false }
        if wait.isAsleep {
            // From now on whoever gives it back wakes one; also after me, for others may sleep too.
            mark = 2
            if lock.exchange(2) == 0 { return true }
        }
    }
}

@inline(__always)
private func give(_ lock: ImageWord32) {
    if lock.exchange(0) == 2 { atoll_wake(UInt64(lock.address), 1) }
}

/// What a recursive or checking mutex says before it is waited for; `nil`: it has to be taken.
private func reenter(_ mutex: UInt, _ type: UInt32, isTry: Bool) -> Int32? {
    guard word(mutex, ATOLL_MUTEX_OWNER).loadRelaxed() == pthreadSelf() else { return nil }
    // One that is robust and nothing else is waited for, as ever.
    if type & 3 == 0 || type & 3 == 3 { return isTry ? ATOLL_EBUSY : nil }
    if type & 3 == UInt32(ATOLL_MUTEX_RECURSIVE) {
        let count = word(mutex, ATOLL_MUTEX_COUNT)
        if count.loadRelaxed() == .max { return ATOLL_EAGAIN }
        count.store(count.loadRelaxed() + 1)
        return 0
    }
    return isTry ? ATOLL_EBUSY : ATOLL_EDEADLK
}

@inline(__always)
private func type(_ mutex: UInt) -> UInt32 {
    word(mutex, ATOLL_MUTEX_KIND).loadRelaxed() & (3 | UInt32(ATOLL_MUTEX_ROBUST))
}

/// Recursive, checking and robust mutexes know their owner.
@inline(__always)
private func isOwned(_ type: UInt32) -> Bool { type != 0 && type != 3 }

/// PTHREAD_PRIO_PROTECT: glibc, too, refuses it to threads without a priority of their own.
private func hasCeiling(_ mutex: UInt) -> Bool {
    word(mutex, ATOLL_MUTEX_KIND).loadRelaxed() & UInt32(ATOLL_MUTEX_PROTECT) != 0
}

private func own(_ mutex: UInt) {
    word(mutex, ATOLL_MUTEX_COUNT).store(1)
    word(mutex, ATOLL_MUTEX_OWNER).store(pthreadSelf())
}

@inline(never)
private func lockSlowly(_ mutex: UInt, _ wait: PthreadWait) -> Int32 {
    let type = type(mutex)
    if isOwned(type), let result = reenter(mutex, type, isTry: false) { return result }
    if isRobust(mutex) { return takeRobust(mutex, wait) }
    if hasCeiling(mutex) { return ATOLL_EINVAL }
    var wait = wait
    let lock = word(mutex, ATOLL_MUTEX_WORD)
    guard takeSlowly(lock, &wait) else { return ATOLL_ETIMEDOUT }
    if isOwned(type) { own(mutex) }
    return 0
}

@c
public func pthread_mutex_lock(_ mutex: UInt) -> Int32 {
    let lock = word(mutex, ATOLL_MUTEX_WORD)
    if !isOwned(type(mutex)) && lock.compareExchange(0, 1) == 0 { return 0 }
    return lockSlowly(mutex, PthreadWait())
}

@c
public func pthread_mutex_trylock(_ mutex: UInt) -> Int32 {
    let type = type(mutex)
    if isOwned(type), let result = reenter(mutex, type, isTry: true) { return result }
    if isRobust(mutex) { return takeRobust(mutex, nil) }
    if hasCeiling(mutex) { return ATOLL_EINVAL }
    guard word(mutex, ATOLL_MUTEX_WORD).compareExchange(0, 1) == 0 else {
        return ATOLL_EBUSY
    }
    if isOwned(type) { own(mutex) }
    return 0
}

@c
public func pthread_mutex_unlock(_ mutex: UInt) -> Int32 {
    let type = type(mutex)
    if isOwned(type) {
        let owner = word(mutex, ATOLL_MUTEX_OWNER)
        guard owner.loadRelaxed() == pthreadSelf() else { return ATOLL_EPERM }
        let count = word(mutex, ATOLL_MUTEX_COUNT)
        let left = count.loadRelaxed() &- 1
        count.store(left)
        if left > 0 { return 0 }
        if isRobust(mutex) {
            giveRobust(mutex)
            return 0
        }
        owner.store(0)
    }
    give(word(mutex, ATOLL_MUTEX_WORD))
    return 0
}

/// POSIX pthread_mutex_clocklock: the deadline is looked at only where there is something to wait for.
@c
public func pthread_mutex_clocklock(_ mutex: UInt, _ clock: Int32, _ deadline: UInt) -> Int32 {
    let result = pthread_mutex_trylock(mutex)
    guard result == ATOLL_EBUSY else { return result }
    let until = atoll_deadline(UInt64(deadline))
    guard until != .max else { return ATOLL_EINVAL }
    return lockSlowly(mutex, PthreadWait(clock: clock, until: until))
}

@c
public func pthread_mutex_timedlock(_ mutex: UInt, _ deadline: UInt) -> Int32 {
    pthread_mutex_clocklock(mutex, 0, deadline)
}

@c
public func pthread_mutex_destroy(_ mutex: UInt) -> Int32 {
    let held = word(mutex, ATOLL_MUTEX_WORD).load() & ~UInt32(ATOLL_MUTEX_CEILING)
    return held == 0 || isRobust(mutex) ? 0 : ATOLL_EBUSY
}

// MARK: For conditions

/// Gives a mutex back wholly.
///
/// - Returns: how often a recursive one was held; `nil`: the caller does not have it.
func releaseMutex(_ mutex: UInt) -> UInt32? {
    var count: UInt32 = 1
    if isOwned(type(mutex)) {
        let owner = word(mutex, ATOLL_MUTEX_OWNER)
        guard owner.loadRelaxed() == pthreadSelf() else { return nil }
        count = word(mutex, ATOLL_MUTEX_COUNT).loadRelaxed()
        if isRobust(mutex) {
            giveRobust(mutex)
            return count
        }
        owner.store(0)
    }
    give(word(mutex, ATOLL_MUTEX_WORD))
    return count
}

/// - Returns: 0, or what a robust mutex says.
func regainMutex(_ mutex: UInt, _ count: UInt32) -> Int32 {
    let result = lockSlowly(mutex, PthreadWait())
    if isOwned(type(mutex)) && result != ATOLL_ENOTRECOVERABLE {
        word(mutex, ATOLL_MUTEX_COUNT).store(count)
    }
    return result
}
