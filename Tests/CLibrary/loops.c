// SPDX-License-Identifier: Apache-2.0
//
// Loops, reductions and regions of atoll.h as a C program may use them, rightly and wrongly. Run as each
// part of a job of two machines with two threads; says "ok" and ends with 0 where all answers were right.

#include <atoll.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

_Static_assert(sizeof(struct atoll_schedule) == 32, "the structure of version 1.1");

enum { COUNT = 1000 };

static atoll_team *team;
static atoll_lock_handle lock;
static int64_t *shared;  // 0: calls, 1: next of an ordered loop, 2: singles, 3: criticals
static unsigned char *seen;

static int mark(atoll_thread *me, int64_t first, int64_t last, void *context) {
    CHECK(context == &seen && first < last && first >= -300);
    // Each iteration falls to one thread: no two write the same byte.
    for (int64_t i = first; i < last; i++) seen[i + 300]++;
    // A body may use its thread.
    CHECK(atoll_lock_acquire(me, lock) == 0);
    shared[0]++;
    CHECK(atoll_lock_release(me, lock) == 0);
    return 0;
}

// Every schedule hands out every iteration once.
static int schedules(atoll_thread *me) {
    static const struct { int kind; int64_t chunk, last, calls; } kinds[] = {
        {ATOLL_STATIC, 0, 0, 4},       {ATOLL_STATIC, 7, 0, 143}, {ATOLL_DYNAMIC, 0, 0, 1000},
        {ATOLL_DYNAMIC, 300, 0, 4},    {ATOLL_GUIDED, 50, 0, 0},  {ATOLL_TRAPEZOID, 0, 0, 0},
        {ATOLL_TRAPEZOID, 100, 20, 0}, {ATOLL_GUIDED, 0, 0, 0},
    };
    for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct atoll_schedule schedule = {
            .size = sizeof schedule, .kind = (uint32_t)kinds[k].kind, .chunk = kinds[k].chunk,
            .last = kinds[k].last};
        if (atoll_thread_rank(me) == 0) {
            memset(seen, 0, COUNT);
            shared[0] = 0;
        }
        CHECK(atoll_barrier(me) == 0);
        CHECK(atoll_for(me, -300, COUNT - 300, &schedule, mark, &seen) == 0);
        for (int i = 0; i < COUNT; i++) CHECK(seen[i] == 1);
        if (kinds[k].calls != 0) CHECK(shared[0] == kinds[k].calls);
        CHECK(atoll_barrier(me) == 0);
    }
    return 0;
}

static int append(atoll_thread *me, void *context) {
    int64_t index = *(int64_t *)context;
    CHECK(shared[1] == index);
    shared[1] = index + 1;
    // Not twice in one another.
    CHECK(atoll_ordered(me, append, context) == ATOLL_ERROR_INVALID);
    return 0;
}

static int every_other(atoll_thread *me, void *context) {
    (void)me;
    int64_t index = *(int64_t *)context;
    // Those between have taken their turns at their ends.
    CHECK(shared[1] == index - 2);
    shared[1] = index;
    return 0;
}

static int ordered(atoll_thread *me, int64_t index, void *context) {
    CHECK(context == NULL);
    if (index % 2 == 0) return atoll_ordered(me, every_other, &index);
    CHECK(atoll_lock_acquire(me, lock) == 0);
    CHECK(atoll_lock_release(me, lock) == 0);
    return 0;
}

static int append_all(atoll_thread *me, int64_t index, void *context) {
    (void)context;
    return atoll_ordered(me, append, &index);
}

static int count_single(atoll_thread *me, void *context) {
    (void)me, (void)context;
    shared[2]++;
    return 0;
}

static int count_section(atoll_thread *me, int64_t section, void *context) {
    (void)me, (void)context;
    CHECK(section >= 0 && section < 9);
    seen[section]++;
    return 0;
}

static int count_critical(atoll_thread *me, int owner_died, void *context) {
    (void)me;
    CHECK(context == &shared && owner_died == 0);
    shared[3]++;
    return 0;
}

static int fails(atoll_thread *me, int owner_died, void *context) {
    (void)me, (void)owner_died, (void)context;
    return 9;
}

static int regions(atoll_thread *me) {
    int rank = atoll_thread_rank(me);
    if (rank == 0) memset(seen, 0, COUNT);
    for (int i = 0; i < 100; i++) CHECK(atoll_single(me, i % 2 ? ATOLL_NO_WAIT : 0, count_single, NULL) == 0);
    CHECK(atoll_barrier(me) == 0);
    CHECK(shared[2] == 100);
    CHECK(atoll_sections(me, 9, 0, count_section, NULL) == 0);
    for (int i = 0; i < 9; i++) CHECK(seen[i] == 1);
    CHECK(atoll_sections(me, 0, 0, count_section, NULL) == 0);
    for (int i = 0; i < 250; i++) CHECK(atoll_critical(me, "c", count_critical, &shared) == 0);
    CHECK(atoll_barrier(me) == 0);
    CHECK(shared[3] == 1000);
    CHECK(atoll_barrier(me) == 0);
    CHECK(atoll_critical(me, "c", fails, NULL) == 9);
    // It was given back.
    CHECK(atoll_critical(me, "c", count_critical, &shared) == 0);
    return 0;
}

// The value and the rank that has it.
struct best {
    double value;
    int64_t rank;
    char unused[48];
};
_Static_assert(sizeof(struct best) == ATOLL_VALUE_BYTES, "the largest value");

static void better(void *into, const void *from, void *context) {
    struct best *a = into;
    const struct best *b = from;
    if (context != NULL && b->value > a->value) *a = *b;
}

static void add(void *into, const void *from, void *context) {
    (void)context;
    *(double *)into += *(const double *)from;
}

static int harmonic(atoll_thread *me, int64_t first, int64_t last, void *value, void *context) {
    (void)context;
    CHECK(*(double *)value == 0);
    CHECK(atoll_lock_acquire(me, lock) == 0);
    CHECK(atoll_lock_release(me, lock) == 0);
    for (int64_t i = first; i < last; i++) *(double *)value += 1.0 / (double)(i + 1);
    return 0;
}

static int reductions(atoll_thread *me) {
    int rank = atoll_thread_rank(me);
    double d;
    int64_t i;
    uint64_t u;
    CHECK(atoll_all_reduce_double(me, rank + 1, ATOLL_PRODUCT, &d) == 0 && d == 24);
    CHECK(atoll_all_reduce_int64(me, -rank - 1, ATOLL_PRODUCT, &i) == 0 && i == 24);
    CHECK(atoll_all_reduce_int64(me, 14 + rank, ATOLL_AND, &i) == 0 && i == 0);
    CHECK(atoll_all_reduce_int64(me, 8 + rank, ATOLL_AND, &i) == 0 && i == 8);
    CHECK(atoll_all_reduce_uint64(me, 1ull << (60 + rank), ATOLL_OR, &u) == 0 && u == 15ull << 60);
    CHECK(atoll_all_reduce_uint64(me, 5, ATOLL_EXCLUSIVE_OR, &u) == 0 && u == 0);
    CHECK(atoll_all_reduce_uint64(me, rank == 2 ? UINT64_MAX : 1, ATOLL_MAXIMUM, &u) == 0 && u == UINT64_MAX);
    CHECK(atoll_all_reduce_double(me, rank == 1 ? NAN : rank, ATOLL_MAXIMUM, &d) == 0 && isnan(d));
    CHECK(atoll_all_reduce_double(me, 1, ATOLL_AND, &d) == ATOLL_ERROR_INVALID);
    CHECK(atoll_all_reduce_uint64(me, 1, 7, &u) == ATOLL_ERROR_INVALID);

    struct best best = {.value = rank == 2 ? 9 : rank, .rank = rank};
    CHECK(atoll_all_reduce(me, &best, sizeof best, better, me) == 0);
    CHECK(best.value == 9 && best.rank == 2);
    CHECK(atoll_all_reduce(me, &best, 65, better, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_all_reduce(me, &best, 0, better, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_all_reduce(me, NULL, 8, better, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_all_reduce(me, &best, 8, NULL, NULL) == ATOLL_ERROR_INVALID);

    char word[5] = {'a', 'b', (char)('0' + rank), 'd', 0};
    CHECK(atoll_broadcast(me, word, 4, 3) == 0 && strcmp(word, "ab3d") == 0);
    CHECK(atoll_broadcast(me, word, 4, 4) == ATOLL_ERROR_INVALID);
    CHECK(atoll_broadcast(me, word, 4, -1) == ATOLL_ERROR_INVALID);

    // The same bits as one thread alone would get, part by part.
    double expected = 0;
    for (int64_t part = 0; part < 256; part++) {
        double sum = 0;
        for (int64_t k = part * 4; k < part * 4 + 4; k++) sum += 1.0 / (double)(k + 1);
        expected += sum;
    }
    for (int k = 0; k < 3; k++) {
        d = 0;
        CHECK(atoll_reduce_for(me, 0, 1024, &d, sizeof d, harmonic, add, NULL) == 0);
        CHECK(memcmp(&d, &expected, sizeof d) == 0);
    }
    d = 0;
    CHECK(atoll_reduce_for(me, 5, 5, &d, sizeof d, harmonic, add, NULL) == 0 && d == 0);
    CHECK(atoll_reduce_for(me, 5, 6, &d, 100, harmonic, add, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_reduce_for(me, 5, 6, &d, 8, NULL, add, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_reduce_for(me, 5, 6, &d, 8, harmonic, NULL, NULL) == ATOLL_ERROR_INVALID);
    return 0;
}

static int restartable(atoll_thread *me) {
    uint64_t lost = 99;
    int rank, size;
    if (atoll_thread_rank(me) == 0) memset(seen, 0, COUNT);
    CHECK(atoll_barrier(me) == 0);
    CHECK(atoll_for_restartable(me, -300, COUNT - 300, 7, mark, &seen, &lost) == 0 && lost == 0);
    for (int i = 0; i < COUNT; i++) CHECK(seen[i] == 1);
    CHECK(atoll_for_restartable(me, 5, 5, 1, mark, &seen, NULL) == 0);
    CHECK(atoll_for_restartable(me, 0, 5, 0, mark, &seen, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_for_restartable(me, 0, 5, 1, NULL, &seen, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_thread_present(me, &rank, &size) == 0);
    CHECK(rank == atoll_thread_rank(me) && size == 4);
    CHECK(atoll_thread_present(me, NULL, &size) == ATOLL_ERROR_INVALID);
    CHECK(atoll_barrier(me) == 0);
    return 0;
}

static int wrong(atoll_thread *me) {
    struct atoll_schedule schedule = {.size = 8};
    CHECK(atoll_for(me, 0, 1, &schedule, mark, &seen) == ATOLL_ERROR_INVALID);
    schedule = (struct atoll_schedule){.size = sizeof schedule, .kind = 4};
    CHECK(atoll_for(me, 0, 1, &schedule, mark, &seen) == ATOLL_ERROR_INVALID);
    schedule = (struct atoll_schedule){.size = sizeof schedule, .flags = 2};
    CHECK(atoll_for(me, 0, 1, &schedule, mark, &seen) == ATOLL_ERROR_INVALID);
    schedule = (struct atoll_schedule){.size = sizeof schedule, .chunk = -1};
    CHECK(atoll_for(me, 0, 1, &schedule, mark, &seen) == ATOLL_ERROR_INVALID);
    schedule = (struct atoll_schedule){.size = sizeof schedule, .flags = ATOLL_NO_WAIT};
    CHECK(atoll_for_ordered(me, 0, 1, &schedule, ordered, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_for(me, 0, 1, NULL, NULL, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_for(NULL, 0, 1, NULL, mark, &seen) == ATOLL_ERROR_INVALID);
    CHECK(atoll_for_ordered(me, 1, 0, NULL, ordered, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_for_ordered(me, 0, 1, NULL, NULL, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_for_ordered(NULL, 0, 1, NULL, ordered, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_ordered(me, append, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_single(me, 2, count_single, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_single(me, 0, NULL, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_sections(me, -1, 0, count_section, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_critical(me, NULL, count_critical, NULL) == ATOLL_ERROR_INVALID);
    CHECK(atoll_critical(me, "", count_critical, NULL) == ATOLL_ERROR_BAD_NAME);
    CHECK(atoll_critical(me, "c", NULL, NULL) == ATOLL_ERROR_INVALID);
    return 0;
}

static int work(atoll_thread *me, void *context) {
    (void)context;
    int bad;
    if ((bad = wrong(me)) != 0 || (bad = schedules(me)) != 0) return bad;
    if ((bad = restartable(me)) != 0) return bad;
    struct atoll_schedule dealt = {.size = sizeof dealt, .kind = ATOLL_STATIC, .chunk = 3};
    struct atoll_schedule shrinking = {.size = sizeof shrinking, .kind = ATOLL_GUIDED};
    const struct atoll_schedule *all[] = {NULL, &dealt, &shrinking};
    for (int k = 0; k < 3; k++) {
        if (atoll_thread_rank(me) == 0) shared[1] = 0;
        CHECK(atoll_barrier(me) == 0);
        CHECK(atoll_for_ordered(me, 0, 200, all[k], append_all, NULL) == 0);
        CHECK(shared[1] == 200);
        CHECK(atoll_barrier(me) == 0);
    }
    if (atoll_thread_rank(me) == 0) shared[1] = -2;
    CHECK(atoll_barrier(me) == 0);
    CHECK(atoll_for_ordered(me, 0, 100, NULL, ordered, NULL) == 0);
    CHECK(shared[1] == 98);
    CHECK(atoll_barrier(me) == 0);
    if ((bad = regions(me)) != 0) return bad;
    return reductions(me);
}

static int stops(atoll_thread *me, int64_t first, int64_t last, void *context) {
    (void)me, (void)context;
    return first <= 500 && 500 < last ? 5 : 0;
}

// What a body gives ends the loop, and with it the team.
static int ends(atoll_thread *me, void *context) {
    struct atoll_schedule one = {.size = sizeof one, .kind = ATOLL_DYNAMIC};
    (void)context;
    int code = atoll_for(me, 0, 1000, &one, stops, NULL);
    CHECK(code == 5 || code == ATOLL_ERROR_PEER_FAILED);
    return code;
}

int main(void) {
    CHECK(atoll_team_join(&team) == 0);
    CHECK(atoll_lock_open(team, "lock", &lock) == 0);
    CHECK(atoll_array_open(team, "shared", 8, 8, (void **)&shared) == 0);
    CHECK(atoll_array_open(team, "seen", COUNT, 1, (void **)&seen) == 0);
    CHECK(atoll_team_run(team, work, NULL) == 0);
    int code = atoll_team_run(team, ends, NULL);
    CHECK(code == 5 || code == ATOLL_ERROR_PEER_FAILED);
    atoll_team_leave(team);
    printf("ok\n");
    return 0;
}
