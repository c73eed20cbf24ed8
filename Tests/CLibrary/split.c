// SPDX-License-Identifier: Apache-2.0
//
// Teams within a team of atoll.h, rightly and wrongly. Run as each part of a job of two machines with two
// threads; says "ok" and ends with 0 where all answers were right.

#include <atoll.h>
#include <stdio.h>

#include "check.h"

static atoll_team *team;
static atoll_counter_handle counter;

static int add(atoll_thread *me, int64_t first, int64_t last, void *context) {
    (void)context;
    return atoll_counter_add(me, counter, last - first);
}

// One of a team of two: the ranks that are even, or those that are odd.
static int pair(atoll_thread *part, void *context) {
    int rank = *(int *)context;
    int64_t sum;
    CHECK(atoll_thread_size(part) == 2 && atoll_thread_rank(part) == rank / 2);
    CHECK(atoll_all_reduce_int64(part, rank, ATOLL_SUM, &sum) == 0);
    CHECK(sum == (rank % 2 == 0 ? 2 : 4));
    return atoll_parallel_for(part, 0, 10, add, NULL);
}

static int alone(atoll_thread *part, void *context) {
    CHECK(context == NULL && atoll_thread_size(part) == 1 && atoll_thread_rank(part) == 0);
    return atoll_barrier(part);
}

static int inner(atoll_thread *part, void *context) {
    (void)context;
    int64_t sum;
    CHECK(atoll_thread_size(part) == 3);
    CHECK(atoll_all_reduce_int64(part, atoll_thread_rank(part), ATOLL_SUM, &sum) == 0 && sum == 3);
    return atoll_counter_add(part, counter, 1);
}

static int fails(atoll_thread *part, void *context) {
    (void)part, (void)context;
    return 6;
}

static int work(atoll_thread *me, void *context) {
    (void)context;
    int rank = atoll_thread_rank(me);
    int64_t sum;
    CHECK(atoll_split(me, rank % 2, pair, &rank) == 0);
    CHECK(atoll_counter_sum(me, counter, &sum) == 0 && sum == 20);
    CHECK(atoll_split(me, rank == 3 ? 5 : ATOLL_NO_COLOUR, alone, NULL) == 0);
    CHECK(atoll_split(me, 0, NULL, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_split(NULL, 0, alone, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_barrier(me) == 0);
    if (rank % 2 == 1) CHECK(atoll_nested(me, 3, inner, NULL) == 0);
    CHECK(atoll_nested(me, 0, inner, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_nested(me, 5000, inner, NULL) == ATOLL_ERROR_TEAM_TOO_LARGE);
    CHECK(atoll_nested(me, 3, NULL, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_barrier(me) == 0);
    CHECK(atoll_counter_sum(me, counter, &sum) == 0 && sum == 26);
    return 0;
}

static int ends(atoll_thread *me, void *context) {
    (void)context;
    int code = atoll_split(me, 0, fails, NULL);
    CHECK(code == 6 || code == ATOLL_ERROR_PEER_FAILED);
    return code;
}

int main(void) {
    CHECK(atoll_team_join(&team) == 0);
    CHECK(atoll_counter_open(team, "n", &counter) == 0);
    CHECK(atoll_team_run(team, work, NULL) == 0);
    int code = atoll_team_run(team, ends, NULL);
    CHECK(code == 6 || code == ATOLL_ERROR_PEER_FAILED);
    atoll_team_leave(team);
    printf("ok\n");
    return 0;
}
