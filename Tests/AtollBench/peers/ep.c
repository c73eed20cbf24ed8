// SPDX-License-Identifier: Apache-2.0
//
//   ep [POWER]
//
// The NAS kernel EP, written from its specification (NAS report RNR-94-007, 2.2): 2^POWER pairs of uniform numbers (24:
// class S), of which those inside the unit circle are made Gaussian deviates and counted by square annuli. Threads share
// nothing but their sums. Prints the seconds that it took; for class S it checks the sums, too.
#define _GNU_SOURCE
#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "clock.h"

#define BATCH_POWER 16
#define FACTOR 1220703125ull // 5^13
#define SEED 271828183ull
#define MASK ((1ull << 46) - 1)

/// The linear congruential sequence, `steps` on.
static uint64_t advanced(uint64_t from, uint64_t steps) {
    for (uint64_t factor = FACTOR; steps; steps >>= 1, factor = factor * factor & MASK)
        if (steps & 1) from = from * factor & MASK;
    return from;
}

static inline double uniform(uint64_t *state) {
    *state = *state * FACTOR & MASK;
    return (double)*state * 0x1p-46;
}

int main(int count, char **words) {
    int power = count > 1 ? atoi(words[1]) : 24;
    long batches = power > BATCH_POWER ? 1l << (power - BATCH_POWER) : 1;
    double x_sum = 0, y_sum = 0;
    long annuli[10] = {0};
    uint64_t start = now();
#pragma omp parallel for schedule(dynamic, 1) reduction(+ : x_sum, y_sum, annuli)
    for (long batch = 0; batch < batches; batch++) {
        uint64_t state = advanced(SEED, (uint64_t)batch << (BATCH_POWER + 1));
        for (int pair = 0; pair < 1 << BATCH_POWER; pair++) {
            double x = 2 * uniform(&state) - 1, y = 2 * uniform(&state) - 1, t = x * x + y * y;
            if (t > 1) continue;
            double scale = sqrt(-2 * log(t) / t);
            x *= scale, y *= scale;
            annuli[(int)fmax(fabs(x), fabs(y))]++;
            x_sum += x, y_sum += y;
        }
    }
    double seconds = (double)(now() - start) * 1e-9;
    if (power == 24 && (fabs(x_sum / -3.247834652034740e3 - 1) > 1e-8 || fabs(y_sum / -6.958407078382297e3 - 1) > 1e-8)) {
        fprintf(stderr, "ep: wrong sums %.15e %.15e\n", x_sum, y_sum);
        return 1;
    }
    printf("%.3f\n", seconds);
    return annuli[0] == 0;
}
