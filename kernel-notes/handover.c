// SPDX-License-Identifier: Apache-2.0
//
//   handover spin|yield|sleep          two threads on one CPU
//
// Nanoseconds that one hand-over takes where both threads have the same CPU, by how the one that waits passes the time.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TRIPS = 200 };
static _Atomic uint64_t turn;
static const char *how;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void await(uint64_t value) {
    while (atomic_load_explicit(&turn, memory_order_acquire) != value) {
        if (*how == 'y') sched_yield();
        if (how[1] == 'l') nanosleep(&(struct timespec){0, 20000}, NULL);
    }
}

static void *other(void *unused) {
    for (uint64_t i = 0; i < TRIPS; i++) {
        await(2 * i + 1);
        atomic_store_explicit(&turn, 2 * i + 2, memory_order_release);
    }
    return unused;
}

int main(int count, char **words) {
    how = count == 2 ? words[1] : "yield";
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    if (sched_setaffinity(0, sizeof one, &one)) return perror("sched_setaffinity"), 1;
    pthread_t thread;
    if (pthread_create(&thread, NULL, other, NULL)) return 1;
    uint64_t start = now();
    for (uint64_t i = 0; i < TRIPS; i++) {
        atomic_store_explicit(&turn, 2 * i + 1, memory_order_release);
        await(2 * i + 2);
    }
    printf("%s: %lu ns\n", how, (unsigned long)((now() - start) / (2 * TRIPS)));
    pthread_join(thread, NULL);
    return 0;
}
