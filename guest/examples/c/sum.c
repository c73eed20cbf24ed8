// SPDX-License-Identifier: Apache-2.0
//
// Adds the numbers 1 to N with all threads of a job, on all its machines, in three ways that must
// agree: each thread's part by a reduction, through an array that all share, and one by one under a
// lock.
//
//     cc sum.c $(pkg-config --cflags --libs atoll) -o sum
//     atoll run GROUP --threads-per-vm 2 -- ./sum 1000000

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "atoll.h"

struct work {
    atoll_team *team;
    int64_t count;
    int64_t *parts;      // one for each thread
    int64_t *total;      // what the lock protects
    atoll_lock_handle lock;
    int64_t reduced;     // written by the first thread of each machine
};

static int fill(atoll_thread *me, int64_t first, int64_t last, void *context) {
    struct work *work = context;
    int64_t sum = 0;
    for (int64_t i = first; i < last; i++) sum += i;
    work->parts[atoll_thread_rank(me)] = sum;
    return 0;
}

static int add(atoll_thread *me, void *context) {
    struct work *work = context;
    int error = atoll_parallel_for(me, 1, work->count + 1, fill, work);
    if (error != 0) return error;

    int64_t mine = work->parts[atoll_thread_rank(me)];
    int64_t all;
    error = atoll_all_reduce_int64(me, mine, ATOLL_SUM, &all);
    if (error != 0) return error;
    if (atoll_thread_in_vm(me) == 0) work->reduced = all;

    int taken = atoll_lock_acquire(me, work->lock);
    if (taken < 0) return taken;
    // A sum that somebody may have left half-written cannot be repaired here: let it be poisoned.
    if (taken == 0) *work->total += mine;
    return atoll_lock_release(me, work->lock);
}

static int failed(void) {
    fprintf(stderr, "sum: %s\n", atoll_last_error());
    return 1;
}

int main(int argc, char **argv) {
    struct work work = {.count = argc > 1 ? atoll(argv[1]) : 1000000};
    if (atoll_team_join(&work.team) != 0) return failed();
    struct atoll_team_info info = {.size = sizeof info};
    if (atoll_team_get_info(work.team, &info) != 0) return failed();
    int threads = (int)(info.vms * info.threads_per_vm);
    if (atoll_array_open(work.team, "parts", (size_t)threads, 8, (void **)&work.parts) != 0 ||
        atoll_array_open(work.team, "total", 1, 8, (void **)&work.total) != 0 ||
        atoll_lock_open(work.team, "total", &work.lock) != 0 ||
        atoll_team_run(work.team, add, &work) != 0)
        return failed();

    int64_t shared = 0;
    for (int rank = 0; rank < threads; rank++) shared += work.parts[rank];
    if (info.vm_rank == 0)
        printf("sum: vms=%u threads=%d n=%" PRId64 " reduced=%" PRId64 " shared=%" PRId64
               " locked=%" PRId64 "\n",
               info.vms, threads, work.count, work.reduced, shared, *work.total);
    int agree = work.reduced == shared && shared == *work.total;
    atoll_team_leave(work.team);
    return agree ? 0 : 1;
}
