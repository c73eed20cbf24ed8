// SPDX-License-Identifier: Apache-2.0
//
//   omp barrier|reduce|dynamic ROUNDS
//
// What libgomp takes for one barrier, one reduction of a number by a parallel region's `reduction(+:)`, or one iteration
// of a loop with schedule(dynamic,1), in nanoseconds. Threads and their waiting as OMP_NUM_THREADS and OMP_WAIT_POLICY say.
#define _GNU_SOURCE
#include <omp.h>
#include <string.h>

#include "clock.h"

static uint64_t barriers(long rounds) {
    uint64_t start = 0, end = 0;
#pragma omp parallel
    {
        for (long i = 0; i < rounds / 10 + 1; i++) {
#pragma omp barrier
        }
        // The first thread's clock: all leave a barrier at the same time.
        if (omp_get_thread_num() == 0) start = now();
        for (long i = 0; i < rounds; i++) {
#pragma omp barrier
        }
        if (omp_get_thread_num() == 0) end = now();
    }
    return end - start;
}

static uint64_t reductions(long rounds) {
    double total = 0;
    for (long i = 0; i < rounds / 10 + 1; i++) {
#pragma omp parallel reduction(+ : total)
        total += 1;
    }
    uint64_t start = now();
    for (long i = 0; i < rounds; i++) {
#pragma omp parallel reduction(+ : total)
        total += 1;
    }
    uint64_t end = now();
    if (total < (double)rounds) die("omp: the sum is wrong");
    return end - start;
}

static uint64_t iterations(long rounds) {
    static volatile int done[256 * 16];
    uint64_t start = 0, end = 0;
#pragma omp parallel
    {
        int mine = omp_get_thread_num() * 16;
#pragma omp for schedule(dynamic, 1)
        for (long i = 0; i < rounds / 10 + 1; i++) done[mine]++;
        if (omp_get_thread_num() == 0) start = now();
#pragma omp for schedule(dynamic, 1)
        for (long i = 0; i < rounds; i++) done[mine]++;
        if (omp_get_thread_num() == 0) end = now();
    }
    return end - start;
}

int main(int count, char **words) {
    long rounds = count == 3 ? atol(words[2]) : 0;
    if (rounds < 1) return fputs("usage: omp barrier|reduce|dynamic ROUNDS\n", stderr), 2;
    uint64_t took = strcmp(words[1], "barrier") == 0  ? barriers(rounds)
                    : strcmp(words[1], "reduce") == 0 ? reductions(rounds)
                                                      : iterations(rounds);
    print_figure(took, (uint64_t)rounds);
    return 0;
}
