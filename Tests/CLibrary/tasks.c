// SPDX-License-Identifier: Apache-2.0
//
// Tasks of atoll.h as a C program may use them, rightly and wrongly. Run as each part of a job of two
// machines with two threads; says "ok" and ends with 0 where all answers were right.

#include <atoll.h>
#include <stdio.h>

#include "check.h"

_Static_assert(sizeof(struct atoll_dependence) == 16, "the structure of version 1.1");

struct span {
    int64_t first, last;
};

enum { COUNT, STEP, FAIL };

static atoll_team *team;
static atoll_counter_handle leaves;
static int64_t *chain;

// Splits its span until it is small.
static int count(atoll_thread *me, const void *arguments, void *context) {
    const struct span *span = arguments;
    CHECK(context == &leaves);
    if (span->last - span->first == 1) return atoll_counter_add(me, leaves, span->first);
    int64_t middle = span->first + (span->last - span->first) / 2;
    struct span halves[] = {{span->first, middle}, {middle, span->last}};
    for (int i = 0; i < 2; i++) CHECK(atoll_task_spawn(me, COUNT, &halves[i], sizeof halves[i], NULL, 0) == 0);
    return 0;
}

// Each writes what the one before has written: only in their order it comes out.
static int step(atoll_thread *me, const void *arguments, void *context) {
    int64_t number = *(const int64_t *)arguments;
    (void)me, (void)context;
    CHECK(chain[0] == number);
    chain[0] = number + 1;
    return 0;
}

static int fail(atoll_thread *me, const void *arguments, void *context) {
    (void)me, (void)arguments, (void)context;
    return 5;
}

static const atoll_task_function functions[] = {count, step, fail};

static int group(atoll_thread *me, void *context) {
    (void)context;
    int64_t before, after;
    struct span span = {0, 64};
    CHECK(atoll_counter_sum(me, leaves, &before) == 0);
    CHECK(atoll_task_spawn(me, COUNT, &span, sizeof span, NULL, 0) == 0);
    CHECK(atoll_task_wait(me) == 0);
    CHECK(atoll_counter_sum(me, leaves, &after) == 0 && after == before + 63 * 64 / 2);
    return 0;
}

static int spawn(atoll_thread *me, void *context) {
    CHECK(context == &leaves);
    CHECK(atoll_tasks(me, functions, 3, 0, spawn, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_task_spawn(me, 3, NULL, 0, NULL, 0) == ATOLL_ERROR_INVALID);
    CHECK(atoll_task_spawn(me, STEP, NULL, 8, NULL, 0) == ATOLL_ERROR_INVALID);
    CHECK(atoll_task_spawn(me, STEP, chain, 65, NULL, 0) == ATOLL_ERROR_INVALID);
    CHECK(atoll_task_spawn(me, STEP, chain, 8, NULL, 1) == ATOLL_ERROR_INVALID);
    struct atoll_dependence writes = {.key = 7, .kind = ATOLL_WRITES}, wrong = {.kind = 2};
    CHECK(atoll_task_spawn(me, STEP, chain, 8, &wrong, 1) == ATOLL_ERROR_INVALID);
    CHECK(atoll_task_group(me, NULL, NULL) == ATOLL_ERROR_INVALID);
    if (atoll_thread_rank(me) != 0) return 0;
    struct span span = {0, 1000};
    CHECK(atoll_task_spawn(me, COUNT, &span, sizeof span, NULL, 0) == 0);
    CHECK(atoll_task_wait(me) == 0);
    CHECK(atoll_task_group(me, group, NULL) == 0);
    for (int64_t i = 0; i < 100; i++) CHECK(atoll_task_spawn(me, STEP, &i, sizeof i, &writes, 1) == 0);
    return 0;
}

static int work(atoll_thread *me, void *context) {
    (void)context;
    int64_t sum;
    CHECK(atoll_task_spawn(me, COUNT, NULL, 0, NULL, 0) == ATOLL_ERROR_INVALID);
    CHECK(atoll_task_wait(me) == ATOLL_ERROR_INVALID);
    CHECK(atoll_task_group(me, group, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_tasks(me, NULL, 1, 0, spawn, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_tasks(me, functions, 0, 0, spawn, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_tasks(me, functions, 3, 0, NULL, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_tasks(NULL, functions, 3, 0, spawn, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_tasks(me, functions, 3, 0, spawn, &leaves) == 0);
    CHECK(atoll_counter_sum(me, leaves, &sum) == 0 && sum == 999 * 1000 / 2 + 63 * 64 / 2);
    CHECK(chain[0] == 100);
    return 0;
}

static int spawn_failure(atoll_thread *me, void *context) {
    (void)context;
    return atoll_thread_rank(me) == 0 ? atoll_task_spawn(me, FAIL, NULL, 0, NULL, 0) : 0;
}

static int fails(atoll_thread *me, void *context) {
    (void)context;
    int code = atoll_tasks(me, functions, 3, 0, spawn_failure, NULL);
    CHECK(code == 5 || code == ATOLL_ERROR_PEER_FAILED);
    return code;
}

int main(void) {
    CHECK(atoll_team_join(&team) == 0);
    CHECK(atoll_counter_open(team, "leaves", &leaves) == 0);
    CHECK(atoll_array_open(team, "chain", 1, 8, (void **)&chain) == 0);
    CHECK(atoll_team_run(team, work, NULL) == 0);
    int code = atoll_team_run(team, fails, NULL);
    CHECK(code == 5 || code == ATOLL_ERROR_PEER_FAILED);
    atoll_team_leave(team);
    printf("ok\n");
    return 0;
}
