// SPDX-License-Identifier: Apache-2.0
//
// Some of what a program asks for is a state of its process: which memory may be written, what happens
// at a signal, the locale. With a process for each rank, all of them are to have it. The watchers see to
// that, so it takes as long as the slowest of them sleeps between two looks: a few milliseconds. One such
// call is made at a time.

#include "bell.h"
#include "everywhere.h"

struct call {
    atoll_call *function;
    long arguments[4];
    uint64_t rank;      // that makes it; ATOLL_IMAGE_RANKS: all do
    uint64_t from;      // whose thread asked: it makes its part itself
    uint64_t answered;  // by so many watchers
    long result;
};

static long make(const struct call *call) {
    const long *a = call->arguments;
    return call->function(a[0], a[1], a[2], a[3]);
}

static bool is_alone(void) {
    return atoll_process.ranks < 2 || atoll_process.is_child || !atoll_process.is_complete;
}

static void wait(uint64_t looks) {
    if (looks < 20) {
        atoll_sys_yield();
        return;
    }
    atoll_image_look();
    atoll_sys_nap(50000);
}

static long ask(struct call *call) {
    struct atoll_image *image = atoll_image();
    call->from = atoll_process.rank;
    for (uint64_t looks = 0; !swap(&image->everywhere_lock, 0, 1); looks++) wait(looks);
    store(&image->everywhere_call, (uint64_t)call);
    __atomic_fetch_add(&image->everywhere_count, 1, __ATOMIC_ACQ_REL);
    atoll_ring_all();
    long own = call->rank == ATOLL_IMAGE_RANKS ? make(call) : 0;
    // All of them, also those that have nothing to do: the call lies on this stack.
    for (uint64_t looks = 0; load(&call->answered) < atoll_process.ranks; looks++) wait(looks);
    store(&image->everywhere_lock, 0);
    return own ? own : call->result;
}

long atoll_everywhere(atoll_call *function, long a, long b, long c, long d) {
    struct call call = {function, {a, b, c, d}, ATOLL_IMAGE_RANKS, 0, 0, 0};
    return is_alone() ? make(&call) : ask(&call);
}

long atoll_in_rank(uint32_t rank, atoll_call *function, long a, long b, long c, long d) {
    struct call call = {function, {a, b, c, d}, rank, 0, 0, 0};
    return is_alone() || rank == atoll_process.rank ? make(&call) : ask(&call);
}

bool atoll_everywhere_serve(void) {
    static uint64_t seen;
    struct atoll_image *image = atoll_image();
    uint64_t count = load(&image->everywhere_count);
    if (count == seen) return false;
    seen = count;
    struct call *call = (struct call *)load(&image->everywhere_call);
    if (call->from != atoll_process.rank &&
        (call->rank == ATOLL_IMAGE_RANKS || call->rank == atoll_process.rank)) {
        long result = make(call);
        long none = 0;
        if (result)
            __atomic_compare_exchange_n(&call->result, &none, result, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE);
    }
    __atomic_fetch_add(&call->answered, 1, __ATOMIC_ACQ_REL);
    return true;
}
