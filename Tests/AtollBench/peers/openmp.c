// SPDX-License-Identifier: Apache-2.0
//
//   openmp CONSTRUCT ROUNDS
//
// What one construct of OpenMP takes, in nanoseconds, with the runtime, threads and waiting that the environment says.
// The constructs are those of EPCC's micro-benchmarks, without their delay. `triad` gives nanoseconds a megabyte.
#define _GNU_SOURCE
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define THREADS 2
// EPCC's loops have as many iterations a thread as this.
#define ITERATIONS 128

static volatile long sink[THREADS][16];

static void parallels(long rounds) {
    for (long i = 0; i < rounds; i++) {
#pragma omp parallel
        sink[omp_get_thread_num()][0]++;
    }
}

static void barriers(long rounds) {
#pragma omp parallel
    for (long i = 0; i < rounds; i++) {
#pragma omp barrier
    }
}

static void statics(long rounds) {
#pragma omp parallel
    for (long i = 0; i < rounds; i++) {
#pragma omp for schedule(static)
        for (int j = 0; j < THREADS; j++) sink[omp_get_thread_num()][0]++;
    }
}

static void dynamics(long rounds) {
#pragma omp parallel
    for (long i = 0; i < rounds; i++) {
#pragma omp for schedule(dynamic, 1)
        for (int j = 0; j < ITERATIONS * THREADS; j++) sink[omp_get_thread_num()][0]++;
    }
}

static void singles(long rounds) {
#pragma omp parallel
    for (long i = 0; i < rounds; i++) {
#pragma omp single
        sink[0][0]++;
    }
}

static void criticals(long rounds) {
#pragma omp parallel
    for (long i = 0; i < rounds / THREADS; i++) {
#pragma omp critical
        sink[0][0]++;
    }
}

static void ordereds(long rounds) {
#pragma omp parallel for ordered schedule(static, 1)
    for (long i = 0; i < rounds; i++) {
#pragma omp ordered
        sink[omp_get_thread_num()][0]++;
    }
}

// What is ordered is mostly something that the threads share: a line of the program's goes with the turn.
static void ordered_sums(long rounds) {
#pragma omp parallel for ordered schedule(static, 1)
    for (long i = 0; i < rounds; i++) {
#pragma omp ordered
        sink[0][0]++;
    }
}

static void reductions(long rounds) {
    long total = 0;
    for (long i = 0; i < rounds; i++) {
#pragma omp parallel reduction(+ : total)
        total++;
    }
    if (total < rounds) die("openmp: the sum is wrong");
}

static void tasks(long rounds) {
    for (long i = 0; i < rounds; i += ITERATIONS * THREADS) {
#pragma omp parallel
        for (int j = 0; j < ITERATIONS; j++) {
#pragma omp task
            sink[omp_get_thread_num()][0]++;
        }
    }
}

static void taskloops(long rounds) {
#pragma omp parallel
#pragma omp single
    for (long i = 0; i < rounds; i++) {
#pragma omp taskloop num_tasks(8)
        for (int j = 0; j < 64; j++) sink[omp_get_thread_num()][0]++;
    }
}

static void triads(long rounds) {
    enum { COUNT = 4 << 20 };
    static double *a, *b, *c;
    if (!a) {
        a = malloc(COUNT * sizeof *a), b = malloc(COUNT * sizeof *b), c = malloc(COUNT * sizeof *c);
        if (!a || !b || !c) die("openmp: no memory");
#pragma omp parallel for
        for (long i = 0; i < COUNT; i++) a[i] = 1, b[i] = 2, c[i] = 0.5;
    }
    // A round is a megabyte moved.
    for (long i = 0; i < rounds; i += 3 * COUNT * (long)sizeof *a >> 20) {
#pragma omp parallel for
        for (long j = 0; j < COUNT; j++) a[j] = b[j] + 3 * c[j];
    }
    if (a[COUNT - 1] != 3.5) die("openmp: the triad is wrong");
}

static const struct {
    const char *name;
    void (*run)(long);
} constructs[] = {
    {"parallel", parallels},     {"barrier", barriers},     {"for.static", statics}, {"for.dynamic", dynamics},
    {"single", singles},         {"critical", criticals},   {"ordered", ordereds},   {"ordered.sum", ordered_sums},
    {"reduction", reductions},   {"task", tasks},           {"taskloop", taskloops}, {"triad", triads},
};

int main(int count, char **words) {
    if (count != 3) die("usage: openmp CONSTRUCT ROUNDS");
    omp_set_num_threads(THREADS);
    long rounds = atol(words[2]);
    for (unsigned i = 0; i < sizeof constructs / sizeof *constructs; i++) {
        if (strcmp(words[1], constructs[i].name)) continue;
        constructs[i].run(rounds / 10 + 1);
        uint64_t start = now();
        constructs[i].run(rounds);
        printf("%.3f\n", (double)(now() - start) / (double)rounds);
        return 0;
    }
    die("openmp: no such construct");
}
