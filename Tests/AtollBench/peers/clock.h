// SPDX-License-Identifier: Apache-2.0
//
// What the peers have in common: the clock, CPUs to run on, and how long a measurement goes on.
#ifndef ATOLL_BENCH_CLOCK_H
#define ATOLL_BENCH_CLOCK_H

#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline void die(const char *what) {
    perror(what);
    exit(1);
}

/// Keeps the caller on the CPU of this number among those it may use, counted round.
static inline void pin(int number) {
    cpu_set_t allowed, one;
    if (sched_getaffinity(0, sizeof allowed, &allowed)) die("sched_getaffinity");
    number %= CPU_COUNT(&allowed);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed) || number-- > 0) continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        if (sched_setaffinity(0, sizeof one, &one)) die("sched_setaffinity");
        return;
    }
}

/// One figure: nanoseconds an operation.
static inline void print_figure(uint64_t nanoseconds, uint64_t operations) {
    printf("%.3f\n", (double)nanoseconds / (double)operations);
}

#endif
