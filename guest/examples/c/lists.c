// SPDX-License-Identifier: Apache-2.0
//
// Sorts the numbers 0 to N - 1 into lists by their last digit, with all threads of a job, on all its
// machines: a dynamic loop shares the numbers out, each becomes a node in a shared heap, and a lock for
// each list keeps it whole. Then one thread reads all lists and gives the nodes back.
//
// Each machine sees the heap at another address: nodes name each other by offsets.
//
//     cc lists.c $(pkg-config --cflags --libs atoll) -o lists
//     atoll run GROUP --threads-per-vm 2 -- ./lists 10000

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "atoll.h"

enum { LISTS = 10 };

struct node {
    int64_t number;
    uint64_t next;  // offset; 0: the last
};

struct work {
    atoll_team *team;
    int64_t count;
    atoll_heap_handle heap;
    atoll_lock_handle locks[LISTS];
    uint64_t *first;    // of each list: offset
    int64_t *lengths;   // as the reader finds them
};

static int insert(atoll_thread *me, struct work *work, int64_t number) {
    struct node *node;
    uint64_t offset;
    int list = (int)(number % LISTS);
    int error = atoll_heap_allocate(me, work->heap, sizeof *node, (void **)&node);
    if (error != 0 || (error = atoll_offset_of(work->team, node, &offset)) != 0) return error;
    node->number = number;
    int taken = atoll_lock_acquire(me, work->locks[list]);
    if (taken < 0) return taken;
    if (taken == ATOLL_OWNER_DIED) {
        // The dead had linked its node in or not: the list is whole either way.
        if ((error = atoll_lock_consistent(me, work->locks[list])) != 0) return error;
    }
    node->next = work->first[list];
    work->first[list] = offset;
    return atoll_lock_release(me, work->locks[list]);
}

static int fill(atoll_thread *me, int64_t first, int64_t last, void *context) {
    for (int64_t number = first; number < last; number++) {
        int error = insert(me, context, number);
        if (error != 0) return error;
    }
    return 0;
}

static int read_back(atoll_thread *me, void *context) {
    struct work *work = context;
    for (int list = 0; list < LISTS; list++) {
        for (uint64_t offset = work->first[list]; offset != 0;) {
            struct node *node;
            int error = atoll_address_of(work->team, offset, (void **)&node);
            if (error != 0) return error;
            if (node->number % LISTS == list) work->lengths[list]++;
            offset = node->next;
            if ((error = atoll_heap_free(me, work->heap, node)) != 0) return error;
        }
        work->first[list] = 0;
    }
    return 0;
}

static int run(atoll_thread *me, void *context) {
    struct work *work = context;
    struct atoll_schedule dynamic = {.size = sizeof dynamic, .kind = ATOLL_DYNAMIC, .chunk = 16};
    int error = atoll_for(me, 0, work->count, &dynamic, fill, work);
    return error != 0 ? error : atoll_single(me, 0, read_back, work);
}

static int failed(void) {
    fprintf(stderr, "lists: %s\n", atoll_last_error());
    return 1;
}

int main(int argc, char **argv) {
    struct work work = {.count = argc > 1 ? atoll(argv[1]) : 10000};
    if (atoll_team_join(&work.team) != 0) return failed();
    struct atoll_team_info info = {.size = sizeof info};
    if (atoll_team_get_info(work.team, &info) != 0 ||
        atoll_heap_open(work.team, "nodes", 4 << 20, &work.heap) != 0 ||
        atoll_array_open(work.team, "first", LISTS, 8, (void **)&work.first) != 0 ||
        atoll_array_open(work.team, "lengths", LISTS, 8, (void **)&work.lengths) != 0)
        return failed();
    for (int list = 0; list < LISTS; list++) {
        char name[16];
        snprintf(name, sizeof name, "list%d", list);
        if (atoll_lock_open(work.team, name, &work.locks[list]) != 0) return failed();
    }
    if (atoll_team_run(work.team, run, &work) != 0) return failed();

    struct atoll_heap_statistics heap = {.size = sizeof heap};
    if (atoll_heap_get_statistics(work.team, work.heap, &heap) != 0) return failed();
    int64_t all = 0;
    for (int list = 0; list < LISTS; list++) all += work.lengths[list];
    if (info.vm_rank == 0)
        printf("lists: vms=%u threads=%u n=%" PRId64 " found=%" PRId64 " left=%" PRIu64 "\n", info.vms,
               info.vms * info.threads_per_vm, work.count, all, heap.blocks);
    int agree = all == work.count && heap.blocks == 0;
    atoll_team_leave(work.team);
    return agree ? 0 : 1;
}
