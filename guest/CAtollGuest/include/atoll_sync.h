// SPDX-License-Identifier: Apache-2.0
//
// A part of atoll.h, which includes it: locks, semaphores, conditions, onces and latches.

#ifndef ATOLL_SYNC_H
#define ATOLL_SYNC_H

#include "atoll.h"

#ifdef __cplusplus
extern "C" {
#endif

// -------------------------------------------------------------------------------------------- locks

/// A named lock of the team. A plain value: copy it as you like.
typedef uint64_t atoll_lock_handle;

/// The lock of this name, the same for all threads of the team. At most 40 bytes of name are always
/// fine. Errors: BAD_NAME, NO_ROOM, MEMBER_LOST, DRAINING, INVALID.
int atoll_lock_open(atoll_team *team, const char *name, atoll_lock_handle *lock);

/// The recursive lock of this name: its holder may take it again, and gives it back as often. A lock of
/// this name of the other kind is another one's: KIND_MISMATCH. Since 1.1. Errors: as atoll_lock_open.
int atoll_lock_open_recursive(atoll_team *team, const char *name, atoll_lock_handle *lock);

/// How a lock was taken, if that is not 0: its holder died. The caller holds it, repairs the data and
/// calls atoll_lock_consistent; else the lock is poisoned from its release on.
#define ATOLL_OWNER_DIED 1
/// Another thread has it.
#define ATOLL_BUSY 2

/// Waits until the lock is the calling thread's. Gives 0 or ATOLL_OWNER_DIED.
/// Errors: POISONED, NOT_OWNER (this thread has it), MEMBER_LOST, PEER_FAILED, DRAINING.
int atoll_lock_acquire(atoll_thread *me, atoll_lock_handle lock);
/// The same, for so many nanoseconds at most. Since 1.1. Errors: those, and TIMED_OUT.
int atoll_lock_acquire_timed(atoll_thread *me, atoll_lock_handle lock, uint64_t nanoseconds);
/// Takes it if that needs no waiting. Gives 0, ATOLL_OWNER_DIED or ATOLL_BUSY.
int atoll_lock_try(atoll_thread *me, atoll_lock_handle lock);
/// Errors: NOT_OWNER.
int atoll_lock_release(atoll_thread *me, atoll_lock_handle lock);
/// Declares the data repaired. Errors: NOT_OWNER.
int atoll_lock_consistent(atoll_thread *me, atoll_lock_handle lock);

// ------------------------------------------------------------- read-write locks, semaphores, events

// Since 1.1. Handles are plain values; objects go when the job ends. `nanoseconds`: how long a call waits
// (ATOLL_FOREVER, ATOLL_AT_ONCE); after that it gives TIMED_OUT. What a thread holds it gives back in the
// same body. All calls that wait can give MEMBER_LOST, PEER_FAILED and DRAINING, too.

/// How long a call waits: nanoseconds. After them it gives TIMED_OUT.
#define ATOLL_FOREVER UINT64_MAX
/// It does not wait, and gives ATOLL_BUSY, or TIMED_OUT, where it would have to.
#define ATOLL_AT_ONCE 0

/// A named lock for many readers or one writer.
typedef uint64_t atoll_rwlock_handle;

/// Errors: as atoll_lock_open, and KIND_MISMATCH.
int atoll_rwlock_open(atoll_team *team, const char *name, atoll_rwlock_handle *lock);
/// Waits until this thread has the lock alone. Gives 0 or ATOLL_OWNER_DIED: a writer has died; the caller
/// repairs the data and calls atoll_rwlock_consistent; else the lock is poisoned from its release on.
/// Errors: POISONED, NOT_OWNER (this thread has it), TIMED_OUT, INVALID.
int atoll_rwlock_write(atoll_thread *me, atoll_rwlock_handle lock, uint64_t nanoseconds);
/// Waits until this thread may read. Gives 0, or ATOLL_OWNER_DIED: it then has the lock alone, to repair.
/// Errors: as atoll_rwlock_write.
int atoll_rwlock_read(atoll_thread *me, atoll_rwlock_handle lock, uint64_t nanoseconds);
/// Gives back what this thread has. Errors: NOT_OWNER, INVALID.
int atoll_rwlock_release(atoll_thread *me, atoll_rwlock_handle lock);
/// Declares the data repaired. Errors: NOT_OWNER, INVALID.
int atoll_rwlock_consistent(atoll_thread *me, atoll_rwlock_handle lock);

/// A named semaphore. A permit of a thread that died goes to the next, which is told.
typedef uint64_t atoll_semaphore_handle;

/// `permits`: how many there can be, 1 to 4096, the same for all; `free`: how many there are at first.
/// Errors: as atoll_lock_open, KIND_MISMATCH, SIZE_MISMATCH.
int atoll_semaphore_open(
    atoll_team *team, const char *name, uint32_t permits, uint32_t free,
    atoll_semaphore_handle *semaphore);
/// Waits for a permit. Gives 0, ATOLL_OWNER_DIED (who had it died with it), or ATOLL_BUSY.
/// Errors: TIMED_OUT, INVALID.
int atoll_semaphore_acquire(
    atoll_thread *me, atoll_semaphore_handle semaphore, uint64_t nanoseconds);
/// Gives a permit back. Errors: NOT_OWNER, INVALID.
int atoll_semaphore_release(atoll_thread *me, atoll_semaphore_handle semaphore);
/// Uses a permit up: there is one less. Errors: NOT_OWNER, INVALID.
int atoll_semaphore_consume(atoll_thread *me, atoll_semaphore_handle semaphore);
/// Makes a permit, for anybody to take. Errors: TOO_MANY_ARRIVALS (there are as many as there can be),
/// INVALID.
int atoll_semaphore_signal(atoll_thread *me, atoll_semaphore_handle semaphore);

/// A named condition: threads wait under a lock until another changes what the lock protects.
typedef uint64_t atoll_condition_handle;
/// Whether to go on waiting: asked under the lock. It must not use the thread.
typedef int (*atoll_predicate)(void *context);

/// Errors: as atoll_lock_open, and KIND_MISMATCH.
int atoll_condition_open(atoll_team *team, const char *name, atoll_condition_handle *condition);
/// Waits under a lock that this thread has, which it gives back meanwhile, as long as `is_wanting` gives
/// anything but 0. Gives 0, or ATOLL_OWNER_DIED: who had the lock meanwhile died; the caller has it, and
/// repairs. Errors: TIMED_OUT (this thread has the lock), NOT_OWNER, INVALID, as atoll_lock_acquire.
int atoll_condition_wait(
    atoll_thread *me, atoll_condition_handle condition, atoll_lock_handle lock,
    atoll_predicate is_wanting, void *context, uint64_t nanoseconds);
/// Lets one waiting thread look again, or `all`. Errors: INVALID.
int atoll_condition_notify(atoll_thread *me, atoll_condition_handle condition, int all);

/// Something that one thread of the team does once.
typedef uint64_t atoll_once_handle;

/// Errors: as atoll_lock_open, and KIND_MISMATCH.
int atoll_once_open(atoll_team *team, const char *name, atoll_once_handle *once);
/// Runs `body` if nobody has for this object, and waits until it is done. Where it gives anything but 0,
/// the next to come runs it. `owner_died`: another has begun and died. Within it, no other call of this
/// thread. Gives what `body` gives. Errors: INVALID.
int atoll_once_run(
    atoll_thread *me, atoll_once_handle once, atoll_critical_body body, void *context);

/// A named count that threads count down, and wait for to be zero. It stays there.
typedef uint64_t atoll_latch_handle;

/// Errors: as atoll_lock_open, KIND_MISMATCH, SIZE_MISMATCH.
int atoll_latch_open(
    atoll_team *team, const char *name, uint32_t count, atoll_latch_handle *latch);
/// Errors: TOO_MANY_ARRIVALS where less is left, INVALID.
int atoll_latch_count_down(atoll_thread *me, atoll_latch_handle latch, uint32_t less);
/// Waits until the count is zero. Errors: TIMED_OUT, INVALID.
int atoll_latch_wait(atoll_thread *me, atoll_latch_handle latch, uint64_t nanoseconds);

#ifdef __cplusplus
}
#endif

#endif  // ATOLL_SYNC_H
