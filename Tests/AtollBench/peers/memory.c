// SPDX-License-Identifier: Apache-2.0
//
//   memory triad|random region FILE 0|1  two processes that map FILE, a region of 256 MiB or more
//   memory triad|random private 0|1      two threads of one process over memory of its own; 1: huge pages
//
// Prints what both do together, each its half: GB a second of STREAM's triad over three arrays of 64 MiB, or million
// reads a second at random from 192 MiB. The best of ten rounds of the triad, of five of the reads; the first is warmth.
// Where it had huge pages to have and has none, it fails.
#define _GNU_SOURCE
#include "clock.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 2, ARRAYS = 3 };
#define ELEMENTS ((size_t)(64 << 20) / sizeof(double))
#define READS 1000000

// Before the arrays: where the workers meet. A region's own header lies in front of it.
#define AT_MEETING ((size_t)(4 << 20))
#define AT_ARRAYS ((size_t)(8 << 20))
#define BYTES (AT_ARRAYS + ARRAYS * ELEMENTS * sizeof(double))

struct meeting {
    _Atomic unsigned here, round;
    _Atomic uint64_t sum;
};

static char *base;
static bool is_triad;

static void meet(struct meeting *meeting) {
    unsigned round = atomic_load(&meeting->round);
    if (atomic_fetch_add(&meeting->here, 1) == WORKERS - 1) {
        atomic_store(&meeting->here, 0);
        atomic_fetch_add(&meeting->round, 1);
    } else
        while (atomic_load(&meeting->round) == round) sched_yield();
}

static void triad(size_t worker) {
    double *a = (double *)(base + AT_ARRAYS), *b = a + ELEMENTS, *c = b + ELEMENTS;
    size_t first = ELEMENTS / WORKERS * worker, end = first + ELEMENTS / WORKERS;
    for (size_t i = first; i < end; i++) a[i] = b[i] + 3.0 * c[i];
}

static uint64_t reads(uint64_t seed) {
    const uint64_t *words = (const uint64_t *)(base + AT_ARRAYS);
    uint64_t x = seed, sum = 0;
    for (int i = 0; i < READS; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        // The next place hangs on what was read: no two reads at once.
        uint64_t read = words[x % (ARRAYS * ELEMENTS)];
        x += read & 1, sum += read;
    }
    return sum;
}

static double work(size_t worker) {
    pin((int)worker);
    struct meeting *meeting = (struct meeting *)(base + AT_MEETING);
    double *a = (double *)(base + AT_ARRAYS);
    for (size_t i = ARRAYS * ELEMENTS / WORKERS * worker; i < ARRAYS * ELEMENTS / WORKERS * (worker + 1); i++) a[i] = 2.0;
    double best = 0;
    for (int round = 0; round < (is_triad ? 11 : 6); round++) {
        meet(meeting);
        double start = (double)now();
        if (is_triad)
            triad(worker);
        else
            atomic_fetch_add(&meeting->sum, reads(88172645463325252u + worker * 977 + (uint64_t)round));
        meet(meeting);
        double took = (double)now() - start;
        if (round > 0 && (best == 0 || took < best)) best = took;
    }
    return best;
}

static void *thread(void *worker) {
    work((size_t)worker);
    return NULL;
}

static bool has_huge_pages(void) {
    char line[256];
    bool found = false;
    FILE *file = fopen("/proc/self/smaps", "r");
    while (file && fgets(line, sizeof line, file)) {
        unsigned long kib;
        if (sscanf(line, "AnonHugePages: %lu", &kib) == 1 || sscanf(line, "ShmemPmdMapped: %lu", &kib) == 1 ||
            sscanf(line, "Private_Hugetlb: %lu", &kib) == 1 || sscanf(line, "Shared_Hugetlb: %lu", &kib) == 1)
            found |= kib >= 128 << 10;
    }
    if (file) fclose(file);
    return found;
}

int main(int count, char **words) {
    if (count != (!strcmp(count > 2 ? words[2] : "", "region") ? 5 : 4)) return 64;
    is_triad = !strcmp(words[1], "triad");
    bool is_region = !strcmp(words[2], "region"), wants_huge = !strcmp(words[count - 1], "1");
    double best;
    if (is_region) {
        int file = open(words[3], O_RDWR);
        if (file < 0) die(words[3]);
        base = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (base == MAP_FAILED) die("mmap");
        memset(base + AT_MEETING, 0, sizeof(struct meeting));
        pid_t child = fork();
        if (child < 0) die("fork");
        if (child == 0) {
            work(1);
            _exit(0);
        }
        best = work(0);
        int status;
        waitpid(child, &status, 0);
        if (status) return 1;
    } else {
        // Aligned as a large page has to be.
        char *all = mmap(NULL, BYTES + (2 << 20), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (all == MAP_FAILED) die("mmap");
        base = (char *)(((uintptr_t)all + (2 << 20) - 1) & ~(uintptr_t)((2 << 20) - 1));
        madvise(base, BYTES, wants_huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
        pthread_t other;
        if (pthread_create(&other, NULL, thread, (void *)1)) return 1;
        best = work(0);
        pthread_join(other, NULL);
    }
    if (has_huge_pages() != wants_huge) {
        fprintf(stderr, "memory: huge pages: %s\n", wants_huge ? "none" : "some");
        return 1;
    }
    double done = is_triad ? (double)(ARRAYS * ELEMENTS * sizeof(double)) : (double)WORKERS * READS * 1000;
    printf("%.4f\n", done / best);
    return 0;
}
