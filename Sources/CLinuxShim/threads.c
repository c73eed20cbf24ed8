// SPDX-License-Identifier: Apache-2.0
#include "linux_shim.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

// The first threads are held until the last has started: they may wait for each other.
enum { CLOSED, OPEN, ABANDONED };

struct gate {
    atomic_int state;
    void (*body)(void *context, int index);
    void *context;
};

struct place {
    struct gate *gate;
    int index;
    pthread_t thread;
};

static void *start(void *argument) {
    struct place *place = argument;
    struct gate *gate = place->gate;
    int state;
    while ((state = atomic_load_explicit(&gate->state, memory_order_acquire)) == CLOSED) sched_yield();
    if (state == OPEN) gate->body(gate->context, place->index);
    return NULL;
}

int atoll_threads_run(int count, void (*body)(void *context, int index), void *context) {
    struct gate gate = {CLOSED, body, context};
    struct place *places = calloc((size_t)count, sizeof *places);
    if (places == NULL) return -ENOMEM;
    int error = 0, started = 1;
    for (; started < count; started++) {
        places[started] = (struct place){.gate = &gate, .index = started};
        error = pthread_create(&places[started].thread, NULL, start, &places[started]);
        if (error != 0) break;
    }
    atomic_store_explicit(&gate.state, error == 0 ? OPEN : ABANDONED, memory_order_release);
    if (error == 0) body(context, 0);
    for (int i = 1; i < started; i++) pthread_join(places[i].thread, NULL);
    free(places);
    return -error;
}

char *atoll_thread_note(void) {
    static _Thread_local char note[ATOLL_THREAD_NOTE_BYTES];
    return note;
}
