// SPDX-License-Identifier: Apache-2.0
internal import AtollRegion
internal import CAtollOpenMP

// What is done once: `pthread_once_t` (0: not yet, 1: somebody is at it, 2: done; the call itself is in
// pthread_once.c, since an exception may leave it), and the guards of C++'s local statics (Itanium C++
// ABI, section 3.3.3; of libstdc++'s bits the first byte is what compiled code looks at).

/// Whether the caller has to do it; waits while somebody else does.
@c
public func atoll_once_begin(_ once: UInt) -> Bool {
    let state = word(once, 0)
    var wait = PthreadWait()
    while true {
        let seen = state.compareExchange(0, 1)
        if seen == 0 { return true }
        if seen == 2 { return false }
        _ = wait.wait(state, while: seen)
    }
}

/// It is done, or has failed.
@c
public func atoll_once_end(_ once: UInt, _ isDone: Bool) {
    word(once, 0).store(isDone ? 2 : 0)
    atoll_wake(UInt64(once), .max >> 1)
}

private let done: UInt32 = 1
private let pending: UInt32 = 0x100

/// 1: the caller initialises the variable, and then says `__cxa_guard_release` or `__cxa_guard_abort`.
@c
public func __cxa_guard_acquire(_ guardian: UInt) -> Int32 {
    let state = word(guardian, 0)
    var wait = PthreadWait()
    while true {
        let seen = state.compareExchange(0, pending)
        if seen == 0 { return 1 }
        if seen & 0xff == done { return 0 }
        _ = wait.wait(state, while: seen)
    }
}

@c
public func __cxa_guard_release(_ guardian: UInt) {
    word(guardian, 0).store(done)
    atoll_wake(UInt64(guardian), .max >> 1)
}

@c
public func __cxa_guard_abort(_ guardian: UInt) {
    word(guardian, 0).store(0)
    atoll_wake(UInt64(guardian), .max >> 1)
}
