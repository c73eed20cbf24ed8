// SPDX-License-Identifier: Apache-2.0
//
// Locks and statistics of atoll.h as a C program may use them, rightly and wrongly. Run as each part of a
// job of two machines with two threads; says "ok" and ends with 0 where all answers were right.

#include <atoll.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

_Static_assert(sizeof(struct atoll_statistics) == 112, "the structure of version 1.1");

static atoll_team *team;
static atoll_lock_handle plain, recursive;
static atoll_queue_handle queue;
static int64_t *total;

static int recursion(atoll_thread *me) {
    for (int i = 0; i < 100; i++) {
        CHECK(atoll_lock_acquire(me, recursive) == 0);
        CHECK(atoll_lock_acquire(me, recursive) == 0);
        CHECK(atoll_lock_try(me, recursive) == 0);
        total[0]++;
        for (int k = 0; k < 3; k++) CHECK(atoll_lock_release(me, recursive) == 0);
    }
    CHECK(atoll_lock_release(me, recursive) == ATOLL_ERROR_NOT_OWNER);
    CHECK(atoll_barrier(me) == 0);
    CHECK(total[0] == 400);
    return 0;
}

static int timed(atoll_thread *me) {
    int rank = atoll_thread_rank(me);
    if (rank == 0) CHECK(atoll_lock_acquire_timed(me, plain, ATOLL_FOREVER) == 0);
    CHECK(atoll_barrier(me) == 0);
    if (rank == 3) {
        CHECK(atoll_lock_acquire_timed(me, plain, 2000000) == ATOLL_ERROR_TIMED_OUT);
        CHECK(strcmp(atoll_last_error(), "") != 0);
    }
    CHECK(atoll_barrier(me) == 0);
    if (rank == 0) CHECK(atoll_lock_release(me, plain) == 0);
    CHECK(atoll_barrier(me) == 0);
    CHECK(atoll_lock_acquire_timed(me, plain, 60000000000) == 0);
    CHECK(atoll_lock_release(me, plain) == 0);
    CHECK(atoll_lock_acquire_timed(NULL, plain, 0) == ATOLL_ERROR_INVALID);
    return 0;
}

static int statistics(atoll_thread *me) {
    struct atoll_statistics s = {.size = sizeof s};
    CHECK(atoll_barrier(me) == 0);
    CHECK(atoll_get_statistics(team, ATOLL_KIND_LOCK, "plain", &s) == 0);
    CHECK(s.size == sizeof s && s.kind == ATOLL_KIND_LOCK && s.acquisitions == 5 && s.deaths == 0);
    CHECK(atoll_get_statistics(team, ATOLL_KIND_RECURSIVE_LOCK, "recursive", &s) == 0);
    CHECK(s.kind == ATOLL_KIND_RECURSIVE_LOCK);
    CHECK(atoll_get_statistics(team, ATOLL_KIND_BARRIER, NULL, &s) == 0);
    CHECK(s.kind == ATOLL_KIND_BARRIER && s.acquisitions >= 4);
    CHECK(atoll_get_statistics(team, ATOLL_KIND_QUEUE, "q", &s) == 0 && s.kind == ATOLL_KIND_QUEUE);
    s.size = 8;
    s.deaths = 1234;
    CHECK(atoll_get_statistics(team, ATOLL_KIND_LOCK, "plain", &s) == 0 && s.size == 8 && s.deaths == 1234);
    s.size = 0;
    CHECK(atoll_get_statistics(team, ATOLL_KIND_LOCK, "plain", &s) == ATOLL_ERROR_INVALID);
    s.size = 4096;
    CHECK(atoll_get_statistics(team, ATOLL_KIND_LOCK, "plain", &s) == 0 && s.size == sizeof s && s.deaths == 0);
    CHECK(atoll_get_statistics(team, ATOLL_KIND_LOCK, "none", &s) == ATOLL_ERROR_NO_SUCH_OBJECT);
    CHECK(atoll_get_statistics(team, ATOLL_KIND_LOCK, NULL, &s) == ATOLL_ERROR_NO_SUCH_OBJECT);
    CHECK(atoll_get_statistics(team, ATOLL_KIND_RECURSIVE_LOCK, "plain", &s) == ATOLL_ERROR_NO_SUCH_OBJECT);
    CHECK(atoll_get_statistics(team, 0, "plain", &s) == ATOLL_ERROR_INVALID);
    CHECK(atoll_get_statistics(team, 99, "plain", &s) == ATOLL_ERROR_INVALID);
    CHECK(atoll_get_statistics(team, ATOLL_KIND_LOCK, "plain", NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_get_statistics(NULL, ATOLL_KIND_LOCK, "plain", &s) == ATOLL_ERROR_INVALID);
    return 0;
}

static int work(atoll_thread *me, void *context) {
    (void)context;
    int bad;
    if ((bad = recursion(me)) != 0 || (bad = timed(me)) != 0) return bad;
    return statistics(me);
}

int main(void) {
    CHECK(atoll_team_join(&team) == 0);
    CHECK(atoll_lock_open(team, "plain", &plain) == 0);
    CHECK(atoll_lock_open_recursive(team, "recursive", &recursive) == 0);
    CHECK(atoll_lock_open_recursive(team, "plain", &recursive) == ATOLL_ERROR_KIND_MISMATCH);
    CHECK(atoll_lock_open(team, "recursive", &recursive) == ATOLL_ERROR_KIND_MISMATCH);
    CHECK(atoll_lock_open_recursive(team, "x", NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_lock_open_recursive(team, "recursive", &recursive) == 0);
    CHECK(atoll_queue_open(team, "q", 16, &queue) == 0);
    CHECK(atoll_array_open(team, "total", 1, 8, (void **)&total) == 0);
    CHECK(atoll_team_run(team, work, NULL) == 0);
    atoll_team_leave(team);
    printf("ok\n");
    return 0;
}
