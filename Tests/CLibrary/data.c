// SPDX-License-Identifier: Apache-2.0
//
// Counters, queues and rings of atoll.h as a C program may use them, rightly and wrongly. Run as each part
// of a job of two machines with two threads; says "ok" and ends with 0 where all answers were right.

#include <atoll.h>
#include <stdio.h>

#include "check.h"

enum { COUNT = 2000 };

static atoll_team *team;
static atoll_counter_handle counter;
static atoll_queue_handle queue;
static atoll_ring_handle ring;

static int counts(atoll_thread *me) {
    int64_t sum = -1;
    for (int i = 0; i < COUNT; i++) CHECK(atoll_counter_add(me, counter, i % 2 ? -1 : 3) == 0);
    CHECK(atoll_barrier(me) == 0);
    CHECK(atoll_counter_sum(me, counter, &sum) == 0 && sum == 4 * COUNT);
    CHECK(atoll_counter_sum(me, counter, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_counter_sum(me, counter + 1, &sum) == ATOLL_ERROR_INVALID);
    CHECK(atoll_counter_add(me, UINT64_MAX - 63, 1) == ATOLL_ERROR_INVALID);
    CHECK(atoll_counter_add(NULL, counter, 1) == ATOLL_ERROR_INVALID);
    return 0;
}

// Three produce, the last consumes: nothing is lost, and each producer's elements stay in order.
static int queues(atoll_thread *me) {
    uint64_t rank = (uint64_t)atoll_thread_rank(me), value = 0;
    CHECK(atoll_queue_pop(me, queue, NULL, 0) == ATOLL_ERROR_INVALID);
    if (rank == 3) {
        uint64_t next[3] = {0, 0, 0};
        for (int i = 0; i < 3 * COUNT; i++) {
            CHECK(atoll_queue_pop(me, queue, &value, ATOLL_FOREVER) == 0);
            CHECK(value >> 32 < 3 && next[value >> 32]++ == (value & 0xffffffff));
        }
        CHECK(atoll_queue_pop(me, queue, &value, ATOLL_AT_ONCE) == ATOLL_BUSY);
        CHECK(atoll_queue_pop(me, queue, &value, 1000000) == ATOLL_ERROR_TIMED_OUT);
        for (uint64_t i = 0; i < queue.capacity; i++) CHECK(atoll_queue_push(me, queue, i, ATOLL_AT_ONCE) == 0);
        CHECK(atoll_queue_push(me, queue, 1, ATOLL_AT_ONCE) == ATOLL_BUSY);
        CHECK(atoll_queue_push(me, queue, 1, 1000000) == ATOLL_ERROR_TIMED_OUT);
    } else {
        for (uint64_t i = 0; i < COUNT; i++) CHECK(atoll_queue_push(me, queue, rank << 32 | i, ATOLL_FOREVER) == 0);
    }
    atoll_queue_handle other = queue;
    other.capacity = 3;
    CHECK(atoll_queue_push(me, other, 1, ATOLL_AT_ONCE) == ATOLL_ERROR_INVALID);
    other.capacity = 1ull << 30;
    CHECK(atoll_queue_push(me, other, 1, ATOLL_AT_ONCE) == ATOLL_ERROR_INVALID);
    other.capacity = UINT64_MAX;
    CHECK(atoll_queue_pop(me, other, &value, ATOLL_AT_ONCE) == ATOLL_ERROR_INVALID);
    return 0;
}

// From the first thread to the last, which is on the other machine.
static int rings(atoll_thread *me) {
    int rank = atoll_thread_rank(me);
    uint64_t value;
    if (rank == 0) {
        for (uint64_t i = 0; i < COUNT; i++) CHECK(atoll_ring_push(me, ring, i * i, ATOLL_FOREVER) == 0);
    } else if (rank == 3) {
        CHECK(atoll_ring_pop(me, ring, NULL, 0) == ATOLL_ERROR_INVALID);
        for (uint64_t i = 0; i < COUNT; i++) {
            CHECK(atoll_ring_pop(me, ring, &value, ATOLL_FOREVER) == 0 && value == i * i);
        }
        CHECK(atoll_ring_pop(me, ring, &value, ATOLL_AT_ONCE) == ATOLL_BUSY);
        CHECK(atoll_ring_pop(me, ring, &value, 1000000) == ATOLL_ERROR_TIMED_OUT);
    }
    CHECK(atoll_barrier(me) == 0);
    if (rank == 0) {
        for (int i = 0; i < 8; i++) CHECK(atoll_ring_push(me, ring, 1, ATOLL_AT_ONCE) == 0);
        CHECK(atoll_ring_push(me, ring, 1, ATOLL_AT_ONCE) == ATOLL_BUSY);
        CHECK(atoll_ring_push(me, ring, 1, 1000000) == ATOLL_ERROR_TIMED_OUT);
        atoll_ring_handle other = {.place = ring.place + 1, .capacity = ring.capacity};
        CHECK(atoll_ring_push(me, other, 1, ATOLL_AT_ONCE) == ATOLL_ERROR_INVALID);
        CHECK(atoll_ring_pop(me, other, &value, ATOLL_AT_ONCE) == ATOLL_ERROR_INVALID);
    }
    return 0;
}

static int work(atoll_thread *me, void *context) {
    (void)context;
    int bad;
    if ((bad = counts(me)) != 0 || (bad = queues(me)) != 0) return bad;
    return rings(me);
}

int main(void) {
    CHECK(atoll_team_join(&team) == 0);
    CHECK(atoll_counter_open(team, "n", &counter) == 0);
    CHECK(atoll_counter_open(team, "n", NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_counter_open(team, NULL, &counter) == ATOLL_ERROR_INVALID);
    CHECK(atoll_queue_open(team, "q", 16, &queue) == 0 && queue.capacity == 16);
    CHECK(atoll_queue_open(team, "q", 32, &queue) == ATOLL_ERROR_SIZE_MISMATCH && queue.capacity == 16);
    CHECK(atoll_queue_open(team, "p", 12, &queue) == ATOLL_ERROR_INVALID);
    CHECK(atoll_queue_open(team, "p", 0, &queue) == ATOLL_ERROR_INVALID);
    CHECK(atoll_queue_open(team, "p", (size_t)1 << 30, &queue) == ATOLL_ERROR_NO_ROOM);
    CHECK(atoll_queue_open(team, "q", 16, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_ring_open(team, "r", 8, &ring) == 0 && ring.capacity == 8);
    CHECK(atoll_ring_open(team, "r", 16, &ring) == ATOLL_ERROR_SIZE_MISMATCH);
    CHECK(atoll_ring_open(team, "r", 7, &ring) == ATOLL_ERROR_INVALID);
    CHECK(atoll_ring_open(team, "r", 8, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_team_run(team, work, NULL) == 0);
    atoll_team_leave(team);
    printf("ok\n");
    return 0;
}
