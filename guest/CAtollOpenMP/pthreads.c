// SPDX-License-Identifier: Apache-2.0
//
// Threads that the program makes itself: they run in the rank that makes them, on stacks of the image,
// and threads of every rank can join them.

#include "atoll_cancel.h"
#include "threads.h"

#include <errno.h>
#include <string.h>
#include <threads.h>
#include <time.h>

#define SHOWN __attribute__((visibility("default")))

SHOWN int pthread_create(pthread_t *handle, const pthread_attr_t *attributes,
                         void *(*body)(void *), void *argument) {
    atoll_image_begin();
    int state = PTHREAD_CREATE_JOINABLE;
    size_t stack_bytes = 0;
    if (attributes) {
        pthread_attr_getdetachstate(attributes, &state);
        // What nobody has set is libc's default, and ours to choose.
        pthread_attr_getstacksize(attributes, &stack_bytes);
    }
    struct atoll_strand *strand;
    int error = atoll_strand_start(body, argument, attributes, stack_bytes, 0, true, &strand);
    if (error) return error;
    *handle = (pthread_t)strand->handle;
    if (state == PTHREAD_CREATE_DETACHED && swap(&strand->claimed, 0, 1))
        atoll_strand_leave(strand, ATOLL_STRAND_DETACHED);
    return 0;
}

static uint64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// `until`: 0: wait for ever; 1: do not.
static int join(pthread_t handle, void **result, clockid_t clock, uint64_t until) {
    struct atoll_strand *strand = handle ? *atoll_strand_of(handle) : 0;
    if (!strand) return ESRCH;
    if (strand == atoll_strand) return EDEADLK;
    if (!swap(&strand->claimed, 0, 1)) return EINVAL;
    bool is_ours = strand->rank == atoll_process.rank;
    uint64_t wait = 0;
    void *value = 0;
    // Unless somebody has waited for it already, and has given up.
    if (!is_ours && load(&strand->wanted) != ATOLL_STRAND_JOINED)
        atoll_strand_leave(strand, ATOLL_STRAND_JOINED);
    for (;;) {
        int error = is_ours ? atoll_strand_try(strand, &value) : load(&strand->done) ? 0 : EBUSY;
        if (!error) break;
        if (error != EBUSY) return error;
        if (until && (until == 1 || now(clock) >= until)) {
            // Its rank may have ended it in the meantime: then the answer is kept for the next.
            store(&strand->claimed, 0);
            return until == 1 ? EBUSY : ETIMEDOUT;
        }
        if (atoll_cancel_is_due()) {
            store(&strand->claimed, 0);
            atoll_cancel_test();
        }
        wait++;
        if (wait < 50) {
            atoll_sys_yield();
        } else {
            atoll_image_look();
            atoll_sys_nap(wait < 100 ? 20000 : 200000);
        }
    }
    if (!is_ours) value = strand->result;
    if (result) *result = value;
    atoll_heap_free(strand);
    return 0;
}

static uint64_t nanoseconds(const struct timespec *time) {
    return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec + 2;
}

SHOWN int pthread_join(pthread_t handle, void **result) { return join(handle, result, 0, 0); }
SHOWN int pthread_tryjoin_np(pthread_t handle, void **result) {
    return join(handle, result, 0, 1);
}
SHOWN int pthread_timedjoin_np(pthread_t handle, void **result, const struct timespec *until) {
    return join(handle, result, CLOCK_REALTIME, until ? nanoseconds(until) : 0);
}
SHOWN int pthread_clockjoin_np(pthread_t handle, void **result, clockid_t clock,
                               const struct timespec *until) {
    return join(handle, result, clock, until ? nanoseconds(until) : 0);
}

SHOWN int pthread_detach(pthread_t handle) {
    struct atoll_strand *strand = handle ? *atoll_strand_of(handle) : 0;
    if (!strand) return ESRCH;
    if (!swap(&strand->claimed, 0, 1)) return EINVAL;
    atoll_strand_leave(strand, ATOLL_STRAND_DETACHED);
    return 0;
}

// C11's, over these.

struct c11_start {
    int (*body)(void *);
    void *argument;
};

static void *run_c11(void *context) {
    struct c11_start start;
    memcpy(&start, context, sizeof start);
    atoll_heap_free(context);
    return (void *)(intptr_t)start.body(start.argument);
}

SHOWN int thrd_create(thrd_t *handle, thrd_start_t body, void *argument) {
    struct c11_start *start = atoll_heap_allocate(sizeof *start, 16);
    if (!start) return thrd_nomem;
    start->body = body;
    start->argument = argument;
    int error = pthread_create(handle, 0, run_c11, start);
    if (error) atoll_heap_free(start);
    return !error ? thrd_success : error == EAGAIN ? thrd_nomem : thrd_error;
}
SHOWN int thrd_join(thrd_t handle, int *result) {
    void *value = 0;
    if (join(handle, &value, 0, 0)) return thrd_error;
    if (result) *result = (int)(intptr_t)value;
    return thrd_success;
}
SHOWN int thrd_detach(thrd_t handle) {
    return pthread_detach(handle) ? thrd_error : thrd_success;
}
