// SPDX-License-Identifier: Apache-2.0
//
// Calls every function of atoll.h as a C program may, rightly and wrongly. Run as each part of a job of
// two machines with two threads; says "ok" and ends with 0 where all answers were right.

#include <atoll.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

_Static_assert(sizeof(struct atoll_team_info) == 32, "the structure of version 1.0");

static atoll_team *team;
static int64_t *counter;
static atoll_lock_handle lock;

static int range(atoll_thread *me, int64_t first, int64_t last, void *context) {
    CHECK(context == &team);
    CHECK(first < last);
    // A body may use its thread.
    CHECK(atoll_lock_acquire(me, lock) == 0);
    *counter += last - first;
    CHECK(atoll_lock_release(me, lock) == 0);
    return 0;
}

static int stops(atoll_thread *me, int64_t first, int64_t last, void *context) {
    (void)me, (void)first, (void)last, (void)context;
    return 5;
}

static int wrong(atoll_thread *me) {
    int64_t i;
    double d;
    CHECK(atoll_thread_rank(NULL) == ATOLL_ERROR_INVALID);
    CHECK(strcmp(atoll_last_error(), "no thread") == 0);
    CHECK(atoll_barrier(NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_all_reduce_double(me, 1, 4, &d) == ATOLL_ERROR_INVALID);
    CHECK(atoll_all_reduce_double(me, 1, ATOLL_SUM, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_all_reduce_int64(NULL, 1, ATOLL_SUM, &i) == ATOLL_ERROR_INVALID);
    CHECK(atoll_share(me, 2, 1, &i, &i) == ATOLL_ERROR_INVALID);
    CHECK(atoll_share(me, INT64_MIN, INT64_MAX, &i, &i) == ATOLL_ERROR_INVALID);
    CHECK(atoll_share(me, 1, 2, NULL, &i) == ATOLL_ERROR_INVALID);
    CHECK(atoll_parallel_for(me, 0, 1, NULL, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_parallel_for(me, 1, 0, range, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_lock_acquire(me, 0) == ATOLL_ERROR_INVALID);
    CHECK(atoll_lock_acquire(me, lock + 2) == ATOLL_ERROR_INVALID);
    CHECK(atoll_lock_acquire(me, UINT64_MAX - 63) == ATOLL_ERROR_INVALID);
    CHECK(atoll_lock_release(me, lock) == ATOLL_ERROR_NOT_OWNER);
    CHECK(atoll_lock_consistent(me, lock) == ATOLL_ERROR_NOT_OWNER);
    return 0;
}

static int work(atoll_thread *me, void *context) {
    CHECK(context == &counter);
    int rank = atoll_thread_rank(me);
    CHECK(rank == 2 * atoll_thread_vm_rank(me) + atoll_thread_in_vm(me));
    CHECK(atoll_thread_size(me) == 4);
    int bad = wrong(me);
    if (bad != 0) return bad;

    int64_t first, last;
    CHECK(atoll_share(me, 0, 10, &first, &last) == 0);
    CHECK(last - first == (rank < 2 ? 3 : 2));
    CHECK(atoll_parallel_for(me, -50, 50, range, &team) == 0);
    CHECK(*counter == 100);
    CHECK(atoll_parallel_for(me, 0, 0, stops, NULL) == 0);

    int64_t i;
    CHECK(atoll_all_reduce_int64(me, rank, ATOLL_SUM, &i) == 0 && i == 6);
    CHECK(atoll_all_reduce_int64(me, rank, ATOLL_MINIMUM, &i) == 0 && i == 0);
    CHECK(atoll_all_reduce_int64(me, rank, ATOLL_MAXIMUM, &i) == 0 && i == 3);
    double d;
    CHECK(atoll_all_reduce_double(me, rank + 0.5, ATOLL_SUM, &d) == 0 && d == 8);
    CHECK(atoll_all_reduce_double(me, rank + 0.5, ATOLL_MAXIMUM, &d) == 0 && d == 3.5);

    if (rank == 0) {
        CHECK(atoll_lock_try(me, lock) == 0);
        CHECK(atoll_lock_try(me, lock) == ATOLL_ERROR_NOT_OWNER);
        CHECK(atoll_lock_acquire(me, lock) == ATOLL_ERROR_NOT_OWNER);
    }
    CHECK(atoll_barrier(me) == 0);
    if (rank == 3) CHECK(atoll_lock_try(me, lock) == ATOLL_BUSY);
    CHECK(atoll_barrier(me) == 0);
    if (rank == 0) CHECK(atoll_lock_release(me, lock) == 0);

    CHECK(atoll_barrier_wait(me) == ATOLL_ERROR_INVALID);
    for (int round = 1; round <= 50; round++) {
        if (rank == round % 4) *counter = 1000 * round;
        CHECK(atoll_barrier_arrive(me) == 0);
        CHECK(atoll_barrier_arrive(me) == ATOLL_ERROR_INVALID);
        CHECK(atoll_barrier_wait(me) == 0);
        CHECK(*counter == 1000 * round);
        CHECK(atoll_barrier(me) == 0);
    }
    return 0;
}

// The last rank gives up; the others learn it from the barrier and hand that on.
static int gives_up(atoll_thread *me, void *context) {
    (void)context;
    if (atoll_thread_rank(me) == 3) return 99;
    int error = atoll_barrier(me);
    CHECK(error == ATOLL_ERROR_PEER_FAILED);
    CHECK(strcmp(atoll_last_error(), "another thread of the team failed: rank 3") == 0);
    return error;
}

static int check(void) {
    CHECK(atoll_version() == (ATOLL_VERSION_MAJOR << 16 | ATOLL_VERSION_MINOR));
    CHECK(strcmp(atoll_last_error(), "") == 0);
    for (int error = 0; error >= ATOLL_ERROR_INVALID; error--)
        CHECK(strcmp(atoll_error_string(error), "unknown error") != 0);
    CHECK(strcmp(atoll_error_string(-9999), "unknown error") == 0);

    CHECK(atoll_team_join(NULL) == ATOLL_ERROR_INVALID);
    atoll_team_leave(NULL);
    CHECK(atoll_team_join(&team) == 0);

    struct atoll_team_info info = {.size = 0};
    CHECK(atoll_team_get_info(team, &info) == ATOLL_ERROR_INVALID);
    info.size = 8;
    info.vm_rank = 1234;
    CHECK(atoll_team_get_info(team, &info) == 0);
    CHECK(info.size == 8 && info.vms == 2 && info.vm_rank == 1234);
    info.size = 4096;
    CHECK(atoll_team_get_info(team, &info) == 0);
    CHECK(info.size == sizeof info && info.vm_rank < 2 && info.threads_per_vm == 2);
    CHECK(info.job > 0 && info.slot == 5 + 2 * info.vm_rank && info.reserved == 0);
    CHECK(atoll_team_get_info(NULL, &info) == ATOLL_ERROR_INVALID);

    char name[300];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    CHECK(atoll_lock_open(team, name, &lock) == ATOLL_ERROR_BAD_NAME);
    name[40] = 0;
    CHECK(atoll_lock_open(team, name, &lock) == 0);
    CHECK(atoll_lock_open(team, "lock", NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_lock_open(team, NULL, &lock) == ATOLL_ERROR_INVALID);
    CHECK(atoll_lock_open(team, "lock", &lock) == 0);

    void *address;
    CHECK(atoll_array_open(team, "c", 1, 8, &address) == 0);
    counter = address;
    CHECK(((uintptr_t)counter & 63) == 0);
    CHECK(atoll_array_open(team, "c", 2, 8, &address) == ATOLL_ERROR_SIZE_MISMATCH);
    CHECK(atoll_array_open(team, "d", 0, 8, &address) == ATOLL_ERROR_INVALID);
    CHECK(atoll_array_open(team, "d", SIZE_MAX / 4, 8, &address) == ATOLL_ERROR_INVALID);
    CHECK(atoll_array_open(team, "d", 1 << 30, 8, &address) == ATOLL_ERROR_NO_ROOM);

    CHECK(atoll_team_run(team, NULL, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_team_run(team, work, &counter) == 0);
    int expected = info.vm_rank == 1 ? 99 : ATOLL_ERROR_PEER_FAILED;
    CHECK(atoll_team_run(team, gives_up, NULL) == expected);
    atoll_team_leave(team);
    printf("ok\n");
    return 0;
}

int main(void) { return check(); }
