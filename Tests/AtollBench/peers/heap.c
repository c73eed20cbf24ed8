// SPDX-License-Identifier: Apache-2.0
//
//   heap STEPS
//
// What glibc's malloc takes for one step of the trace (a free and an allocation) in each of two threads, in nanoseconds.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "clock.h"
#include "trace.h"

struct handed {
    _Alignas(64) _Atomic(void *) block[TRACE_HANDED];
};
static struct handed to[2];
static pthread_barrier_t all;
static long steps;
static uint64_t took[2];

static void run(int me, long count, uint64_t *state, void **window) {
    for (long i = 0; i < count; i++) {
        void **place = &window[i % TRACE_WINDOW];
        free(*place);
        uint64_t number = trace_next(state), bytes = trace_bytes(number);
        char *block = malloc(bytes);
        if (!block) die("malloc");
        *(volatile char *)block = 1;
        *place = block;
        if ((i & 7) == 0) {
            // Whoever finds a block in the place frees it: most often the other's.
            free(atomic_exchange_explicit(&to[!me].block[(i >> 3) % TRACE_HANDED], *place, memory_order_acq_rel));
            *place = NULL;
            free(atomic_exchange_explicit(&to[me].block[(i >> 3) % TRACE_HANDED], NULL, memory_order_acq_rel));
        }
    }
}

static void *work(void *argument) {
    int me = (int)(intptr_t)argument;
    pin(me);
    static _Thread_local void *window[TRACE_WINDOW];
    uint64_t state = 88172645463325252ull + (uint64_t)me;
    run(me, steps / 10 + 1, &state, window);
    pthread_barrier_wait(&all);
    uint64_t start = now();
    pthread_barrier_wait(&all);
    run(me, steps, &state, window);
    pthread_barrier_wait(&all);
    took[me] = now() - start;
    return NULL;
}

int main(int count, char **words) {
    steps = count == 2 ? atol(words[1]) : 0;
    if (steps < 1) return fputs("usage: heap STEPS\n", stderr), 2;
    pthread_barrier_init(&all, NULL, 2);
    pthread_t other;
    if (pthread_create(&other, NULL, work, (void *)1)) die("pthread_create");
    work((void *)0);
    pthread_join(other, NULL);
    print_figure(took[0], (uint64_t)steps);
    return 0;
}
