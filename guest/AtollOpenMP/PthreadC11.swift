// SPDX-License-Identifier: Apache-2.0
internal import CAtollOpenMP

// The names of C11's <threads.h> for the same objects: mtx_t is a pthread_mutex_t, cnd_t a
// pthread_cond_t. Both are set up by glibc's own functions.

/// thrd_success, thrd_busy, thrd_error, thrd_timedout.
private func result(_ number: Int32) -> Int32 {
    if number == 0 { return 0 }
    if number == ATOLL_EBUSY { return 1 }
    return number == ATOLL_ETIMEDOUT ? 4 : 2
}

@c
public func mtx_lock(_ mutex: UInt) -> Int32 { result(pthread_mutex_lock(mutex)) }

@c
public func mtx_trylock(_ mutex: UInt) -> Int32 { result(pthread_mutex_trylock(mutex)) }

@c
public func mtx_timedlock(_ mutex: UInt, _ deadline: UInt) -> Int32 {
    result(pthread_mutex_timedlock(mutex, deadline))
}

@c
public func mtx_unlock(_ mutex: UInt) -> Int32 { result(pthread_mutex_unlock(mutex)) }

@c
public func mtx_destroy(_ mutex: UInt) { _ = pthread_mutex_destroy(mutex) }

@c
public func cnd_wait(_ condition: UInt, _ mutex: UInt) -> Int32 {
    result(pthread_cond_wait(condition, mutex))
}

@c
public func cnd_timedwait(_ condition: UInt, _ mutex: UInt, _ deadline: UInt) -> Int32 {
    result(pthread_cond_timedwait(condition, mutex, deadline))
}

@c
public func cnd_signal(_ condition: UInt) -> Int32 { result(pthread_cond_signal(condition)) }

@c
public func cnd_broadcast(_ condition: UInt) -> Int32 { result(pthread_cond_broadcast(condition)) }

@c
public func cnd_destroy(_ condition: UInt) { _ = pthread_cond_destroy(condition) }
