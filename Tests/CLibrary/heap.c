// SPDX-License-Identifier: Apache-2.0
//
// The shared heap of atoll.h, rightly and wrongly. Run as each part of a job of two machines with two
// threads; says "ok" and ends with 0 where all answers were right.

#include <atoll.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

_Static_assert(sizeof(struct atoll_heap_statistics) == 48, "the structure of version 1.1");

enum { BLOCKS = 100 };

static atoll_team *team;
static atoll_heap_handle heap;
static uint64_t *passed;  // offsets, a row for each rank

static int work(atoll_thread *me, void *context) {
    (void)context;
    int rank = atoll_thread_rank(me), next = (rank + 1) % 4;
    char *block;
    uint64_t offset;
    for (int i = 0; i < BLOCKS; i++) {
        size_t bytes = (size_t)(i % 10 * 10 + 1);
        CHECK(atoll_heap_allocate(me, heap, bytes, (void **)&block) == 0);
        CHECK(((uintptr_t)block & 15) == 0);
        memset(block, rank + 1, bytes);
        CHECK(atoll_offset_of(team, block, &passed[rank * BLOCKS + i]) == 0);
    }
    CHECK(atoll_barrier(me) == 0);
    struct atoll_heap_statistics s = {.size = sizeof s};
    CHECK(atoll_heap_get_statistics(team, heap, &s) == 0);
    CHECK(s.size == sizeof s && s.blocks == 4 * BLOCKS && s.seats >= 4 && s.bytes <= s.capacity);
    CHECK(atoll_barrier(me) == 0);
    // Each frees what another has allocated, and finds there what that one wrote.
    for (int i = 0; i < BLOCKS; i++) {
        CHECK(atoll_address_of(team, passed[next * BLOCKS + i], (void **)&block) == 0);
        for (int k = 0; k < i % 10 * 10 + 1; k++) CHECK(block[k] == next + 1);
        CHECK(atoll_heap_free(me, heap, block) == 0);
        // Twice is once too often.
        CHECK(atoll_heap_free(me, heap, block) == ATOLL_ERROR_INVALID);
    }
    CHECK(atoll_barrier(me) == 0);
    CHECK(atoll_heap_get_statistics(team, heap, &s) == 0 && s.blocks == 0 && s.bytes == 0);
    CHECK(atoll_barrier(me) == 0);

    CHECK(atoll_heap_free(me, heap, NULL) == 0);
    CHECK(atoll_heap_free(me, heap, &rank) == ATOLL_ERROR_INVALID);
    CHECK(atoll_heap_free(me, heap, block + 1) == ATOLL_ERROR_INVALID);
    CHECK(atoll_heap_free(me, heap, passed) == ATOLL_ERROR_INVALID);
    CHECK(atoll_heap_allocate(me, heap, 0, (void **)&block) == ATOLL_ERROR_INVALID && block == NULL);
    CHECK(atoll_heap_allocate(me, heap, 1 << 30, (void **)&block) == ATOLL_ERROR_NO_ROOM);
    CHECK(atoll_heap_allocate(me, heap, SIZE_MAX, (void **)&block) == ATOLL_ERROR_INVALID);
    CHECK(atoll_heap_allocate(me, heap, 1, NULL) == ATOLL_ERROR_INVALID);
    atoll_heap_handle other = {.place = heap.place + 64, .bytes = heap.bytes};
    CHECK(atoll_heap_allocate(me, other, 1, (void **)&block) == ATOLL_ERROR_INVALID);
    CHECK(atoll_heap_free(me, other, passed) == ATOLL_ERROR_INVALID);
    CHECK(atoll_heap_get_statistics(team, other, &s) == ATOLL_ERROR_INVALID);
    s.size = 0;
    CHECK(atoll_heap_get_statistics(team, heap, &s) == ATOLL_ERROR_INVALID);
    CHECK(atoll_heap_get_statistics(team, heap, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_offset_of(team, &rank, &offset) == ATOLL_ERROR_INVALID);
    CHECK(atoll_offset_of(team, NULL, &offset) == ATOLL_ERROR_INVALID);
    CHECK(atoll_address_of(team, UINT64_MAX, (void **)&block) == ATOLL_ERROR_INVALID);
    CHECK(atoll_address_of(team, 64, NULL) == ATOLL_ERROR_INVALID);
    return 0;
}

int main(void) {
    CHECK(atoll_team_join(&team) == 0);
    CHECK(atoll_heap_open(team, "h", 4 << 20, &heap) == 0 && heap.bytes == 4 << 20);
    CHECK(atoll_heap_open(team, "h", 1 << 20, &heap) == ATOLL_ERROR_SIZE_MISMATCH && heap.bytes == 4 << 20);
    CHECK(atoll_heap_open(team, "g", 1000, &heap) == ATOLL_ERROR_INVALID);
    CHECK(atoll_heap_open(team, "g", 1 << 30, &heap) == ATOLL_ERROR_NO_ROOM);
    CHECK(atoll_heap_open(team, "h", 4 << 20, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_array_open(team, "passed", 4 * BLOCKS, 8, (void **)&passed) == 0);
    CHECK(atoll_team_run(team, work, NULL) == 0);
    atoll_team_leave(team);
    printf("ok\n");
    return 0;
}
