// SPDX-License-Identifier: Apache-2.0
//
// Read-write locks, semaphores, conditions, once and latches of atoll.h, rightly and wrongly. Run as each
// part of a job of two machines with two threads; says "ok" and ends with 0 where all answers were right.

#include <atoll.h>
#include <stdio.h>

#include "check.h"

static atoll_team *team;
static atoll_lock_handle lock;
static atoll_rwlock_handle rwlock;
static atoll_semaphore_handle semaphore, empty;
static atoll_condition_handle condition;
static atoll_once_handle once;
static atoll_latch_handle latch;
static int64_t *shared;  // 0: written alone, 1: onces, 2: what the condition waits for, 3: in the semaphore

static int readers(atoll_thread *me) {
    int rank = atoll_thread_rank(me);
    for (int i = 0; i < 200; i++) {
        if (i % 4 == rank) {
            CHECK(atoll_rwlock_write(me, rwlock, ATOLL_FOREVER) == 0);
            shared[0]++;
        } else {
            CHECK(atoll_rwlock_read(me, rwlock, ATOLL_FOREVER) == 0);
            CHECK(shared[0] <= 200);
        }
        CHECK(atoll_rwlock_release(me, rwlock) == 0);
    }
    CHECK(atoll_barrier(me) == 0);
    CHECK(shared[0] == 200);
    // All at once, and no writer among them.
    CHECK(atoll_rwlock_read(me, rwlock, ATOLL_FOREVER) == 0);
    CHECK(atoll_barrier(me) == 0);
    if (rank == 1) CHECK(atoll_rwlock_consistent(me, rwlock) == ATOLL_ERROR_NOT_OWNER);
    CHECK(atoll_barrier(me) == 0);
    CHECK(atoll_rwlock_release(me, rwlock) == 0);
    CHECK(atoll_barrier(me) == 0);
    if (rank == 0) CHECK(atoll_rwlock_write(me, rwlock, ATOLL_AT_ONCE) == 0);
    CHECK(atoll_barrier(me) == 0);
    if (rank == 3) {
        CHECK(atoll_rwlock_read(me, rwlock, 1000000) == ATOLL_ERROR_TIMED_OUT);
        CHECK(atoll_rwlock_write(me, rwlock, ATOLL_AT_ONCE) == ATOLL_ERROR_TIMED_OUT);
        CHECK(atoll_rwlock_release(me, rwlock) == ATOLL_ERROR_NOT_OWNER);
    }
    CHECK(atoll_barrier(me) == 0);
    if (rank == 0) CHECK(atoll_rwlock_release(me, rwlock) == 0);
    CHECK(atoll_rwlock_read(me, 0, 0) == ATOLL_ERROR_INVALID);
    CHECK(atoll_rwlock_write(NULL, rwlock, 0) == ATOLL_ERROR_INVALID);
    return 0;
}

static int permits(atoll_thread *me) {
    int rank = atoll_thread_rank(me);
    for (int i = 0; i < 100; i++) {
        CHECK(atoll_semaphore_acquire(me, semaphore, ATOLL_FOREVER) == 0);
        int64_t inside = __atomic_add_fetch(&shared[3], 1, __ATOMIC_ACQ_REL);
        CHECK(inside >= 1 && inside <= 2);
        __atomic_sub_fetch(&shared[3], 1, __ATOMIC_ACQ_REL);
        CHECK(atoll_semaphore_release(me, semaphore) == 0);
    }
    CHECK(atoll_semaphore_release(me, semaphore) == ATOLL_ERROR_NOT_OWNER);
    CHECK(atoll_semaphore_consume(me, semaphore) == ATOLL_ERROR_NOT_OWNER);
    CHECK(atoll_semaphore_acquire(me, 0, 0) == ATOLL_ERROR_INVALID);
    CHECK(atoll_barrier(me) == 0);
    if (rank == 0) {
        CHECK(atoll_semaphore_acquire(me, empty, ATOLL_AT_ONCE) == ATOLL_BUSY);
        CHECK(atoll_semaphore_acquire(me, empty, 1000000) == ATOLL_ERROR_TIMED_OUT);
    }
    CHECK(atoll_barrier(me) == 0);
    // One makes what another uses up.
    if (rank == 1) CHECK(atoll_semaphore_signal(me, empty) == 0);
    if (rank == 2) {
        CHECK(atoll_semaphore_acquire(me, empty, ATOLL_FOREVER) == 0);
        CHECK(atoll_semaphore_consume(me, empty) == 0);
        CHECK(atoll_semaphore_acquire(me, empty, ATOLL_AT_ONCE) == ATOLL_BUSY);
    }
    CHECK(atoll_barrier(me) == 0);
    return 0;
}

static int is_wanting(void *context) { return shared[2] != *(int64_t *)context; }

// Ranks pass a number round, each waiting for its turn.
static int conditions(atoll_thread *me) {
    int64_t turn = atoll_thread_rank(me);
    for (int i = 0; i < 20; i++, turn += 4) {
        CHECK(atoll_lock_acquire(me, lock) == 0);
        CHECK(atoll_condition_wait(me, condition, lock, is_wanting, &turn, ATOLL_FOREVER) == 0);
        CHECK(shared[2] == turn);
        shared[2]++;
        CHECK(atoll_condition_notify(me, condition, 1) == 0);
        CHECK(atoll_lock_release(me, lock) == 0);
    }
    CHECK(atoll_barrier(me) == 0);
    if (turn % 4 == 0) {
        int64_t never = -1;
        CHECK(atoll_lock_acquire(me, lock) == 0);
        CHECK(atoll_condition_wait(me, condition, lock, is_wanting, &never, 1000000) == ATOLL_ERROR_TIMED_OUT);
        // It has the lock.
        CHECK(atoll_lock_release(me, lock) == 0);
        CHECK(atoll_condition_notify(me, condition, 0) == 0);
    }
    CHECK(atoll_condition_wait(me, condition, lock, NULL, NULL, 0) == ATOLL_ERROR_INVALID);
    CHECK(atoll_condition_wait(me, 0, lock, is_wanting, &turn, 0) == ATOLL_ERROR_INVALID);
    CHECK(atoll_condition_notify(me, 0, 0) == ATOLL_ERROR_INVALID);
    return 0;
}

static int do_once(atoll_thread *me, int owner_died, void *context) {
    (void)me;
    CHECK(owner_died == 0 && context == &once);
    shared[1]++;
    return 0;
}

static int onces(atoll_thread *me) {
    for (int i = 0; i < 3; i++) {
        CHECK(atoll_once_run(me, once, do_once, &once) == 0);
        CHECK(shared[1] == 1);
    }
    CHECK(atoll_once_run(me, once, NULL, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_once_run(me, 0, do_once, NULL) == ATOLL_ERROR_INVALID);
    return 0;
}

static int latches(atoll_thread *me) {
    int rank = atoll_thread_rank(me);
    if (rank == 0) CHECK(atoll_latch_wait(me, latch, 1000000) == ATOLL_ERROR_TIMED_OUT);
    CHECK(atoll_barrier(me) == 0);
    CHECK(atoll_latch_count_down(me, latch, rank == 3 ? 2 : 1) == 0);
    CHECK(atoll_latch_wait(me, latch, ATOLL_FOREVER) == 0);
    CHECK(atoll_latch_count_down(me, latch, 1) == ATOLL_ERROR_TOO_MANY_ARRIVALS);
    CHECK(atoll_latch_wait(me, 0, 0) == ATOLL_ERROR_INVALID);
    CHECK(atoll_latch_count_down(me, 1, 0) == ATOLL_ERROR_INVALID);
    return 0;
}

static int work(atoll_thread *me, void *context) {
    (void)context;
    int bad;
    if ((bad = readers(me)) != 0 || (bad = permits(me)) != 0 || (bad = conditions(me)) != 0) return bad;
    if ((bad = onces(me)) != 0) return bad;
    return latches(me);
}

static int opens(void) {
    CHECK(atoll_lock_open(team, "lock", &lock) == 0);
    CHECK(atoll_rwlock_open(team, "rw", &rwlock) == 0);
    CHECK(atoll_rwlock_open(team, "rw", NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_semaphore_open(team, "two", 2, 2, &semaphore) == 0);
    CHECK(atoll_semaphore_open(team, "two", 3, 3, &semaphore) == ATOLL_ERROR_SIZE_MISMATCH);
    CHECK(atoll_semaphore_open(team, "x", 0, 0, &semaphore) == ATOLL_ERROR_INVALID);
    CHECK(atoll_semaphore_open(team, "x", 2, 3, &semaphore) == ATOLL_ERROR_INVALID);
    CHECK(atoll_semaphore_open(team, "x", 4097, 3, &semaphore) == ATOLL_ERROR_INVALID);
    CHECK(atoll_semaphore_open(team, "none", 1, 0, &empty) == 0);
    CHECK(atoll_condition_open(team, "c", &condition) == 0);
    CHECK(atoll_condition_open(team, NULL, &condition) == ATOLL_ERROR_INVALID);
    CHECK(atoll_once_open(team, "o", &once) == 0);
    CHECK(atoll_latch_open(team, "l", 5, &latch) == 0);
    CHECK(atoll_latch_open(team, "l", 6, &latch) == ATOLL_ERROR_SIZE_MISMATCH);
    CHECK(atoll_array_open(team, "shared", 8, 8, (void **)&shared) == 0);
    return 0;
}

int main(void) {
    CHECK(atoll_team_join(&team) == 0);
    int bad = opens();
    if (bad != 0) return bad;
    CHECK(atoll_team_run(team, work, NULL) == 0);
    atoll_team_leave(team);
    printf("ok\n");
    return 0;
}
