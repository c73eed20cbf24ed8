// SPDX-License-Identifier: Apache-2.0
//
// Objects of POSIX threads, as the program has them in its memory. Where a field's meaning is glibc's it
// stands where glibc has it: programs initialise these objects statically, and glibc's own functions
// that set them up stay as they are.

#ifndef ATOLL_PTHREAD_H
#define ATOLL_PTHREAD_H

#include <stdint.h>
#include <time.h>

#include "atoll_cancel.h"
#include "atoll_image.h"
#include "atoll_syscall.h"

// pthread_mutex_t, 40 bytes: the type is the lowest two bits of the kind.
#define ATOLL_MUTEX_WORD 0
#define ATOLL_MUTEX_COUNT 4
#define ATOLL_MUTEX_OWNER 8
#define ATOLL_MUTEX_KIND 16
#define ATOLL_MUTEX_STATE 20
#define ATOLL_MUTEX_BEFORE 24
#define ATOLL_MUTEX_AFTER 32
#define ATOLL_MUTEX_RECURSIVE 1
#define ATOLL_MUTEX_ERRORCHECK 2
#define ATOLL_MUTEX_ROBUST 16
#define ATOLL_MUTEX_PROTECT 64
#define ATOLL_MUTEX_CEILING 0xfff80000u  // of such a one's word

// pthread_cond_t, 48 bytes: bit 1 of the flags: the clock is CLOCK_MONOTONIC.
#define ATOLL_COND_SEQUENCE 0
#define ATOLL_COND_WAITERS 4
#define ATOLL_COND_FLAGS 36
#define ATOLL_COND_MONOTONIC 2

// pthread_rwlock_t, 56 bytes.
#define ATOLL_RWLOCK_WORD 0
#define ATOLL_RWLOCK_WRITERS 4
#define ATOLL_RWLOCK_OWNER 24
#define ATOLL_RWLOCK_FLAGS 48
#define ATOLL_RWLOCK_PREFERS_WRITERS 2

// sem_t, 32 bytes: the value in the low half of the first word.
#define ATOLL_SEM_VALUE 0
#define ATOLL_SEM_WAITERS 4

// pthread_barrier_t, 32 bytes.
#define ATOLL_BARRIER_ARRIVED 0
#define ATOLL_BARRIER_ROUND 4
#define ATOLL_BARRIER_COUNT 8

// errno values, for Swift.
#define ATOLL_EPERM 1
#define ATOLL_EINTR 4
#define ATOLL_EAGAIN 11
#define ATOLL_EBUSY 16
#define ATOLL_EDEADLK 35
#define ATOLL_EOVERFLOW 75
#define ATOLL_ETIMEDOUT 110
#define ATOLL_EOWNERDEAD 130
#define ATOLL_ENOTRECOVERABLE 131

static inline uint32_t atoll_ranks(void) { return atoll_process.ranks; }

/// Nanoseconds of this clock as the program sees it.
static inline uint64_t atoll_clock_now(int clock) {
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// Nanoseconds of a deadline that the program gives; ~0: it is none that POSIX knows.
static inline uint64_t atoll_deadline(uint64_t timespec) {
    const struct timespec *time = (const struct timespec *)timespec;
    if (time->tv_nsec < 0 || time->tv_nsec > 999999999) return ~0ull;
    if (time->tv_sec < 0) return 0;
    if (time->tv_sec > 9000000000) return ~1ull;
    return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec;
}

/// Sleeps while the word has this value, until a thread of this process wakes it or about so many
/// nanoseconds have passed. Threads of other processes wake nobody.
///
/// `false`: a signal came, and its handler has run.
static inline _Bool atoll_sleep_on(uint64_t word, uint32_t value, uint64_t ns) {
    uint64_t time[2] = {ns / 1000000000u, ns % 1000000000u};
    // 128: FUTEX_WAIT, private: what lies in a device's memory has no other futex.
    return atoll_syscall(SYS_futex, word, 128, value, (uint64_t)time, 0, 0) != -ATOLL_EINTR;
}

/// Wakes this process's threads that sleep on the word.
static inline void atoll_wake(uint64_t word, uint32_t threads) {
    atoll_syscall(SYS_futex, word, 129, threads, 0, 0, 0);
}

#endif  // ATOLL_PTHREAD_H
