// SPDX-License-Identifier: Apache-2.0
//
//   pages FILE MIB [STEP...]
//
// Makes the file, maps it shared and does the steps: `fill` (fallocate), `advise` (MADV_HUGEPAGE), `touch` (writes each page),
// `collapse` (MADV_COLLAPSE). Prints what touching took, how much is mapped by pages of 2 MiB, and what a random read takes.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { READS = 5 << 20, COLLAPSE = 25 };

static void *const PLACE = (void *)0x200000000000;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// MiB of the mapping in large pages.
static long large(void) {
    FILE *maps = fopen("/proc/self/smaps", "r");
    if (!maps) die("smaps");
    char line[512];
    long kib = -1;
    int is_ours = 0;
    while (kib < 0 && fgets(line, sizeof line, maps)) {
        if (!strncmp(line, "200000000000-", 13)) is_ours = 1;
        if (is_ours) sscanf(line, "ShmemPmdMapped: %ld", &kib);
    }
    fclose(maps);
    return kib >> 10;
}

// Each read's place depends on what the one before has found.
static double random_read(const volatile uint64_t *words, size_t count) {
    uint64_t x = 1, found = 0;
    double start = now();
    for (int i = 0; i < READS; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        found = words[(x + found) % count];
    }
    return (now() - start) / READS * 1e9;
}

int main(int count, char **words) {
    if (count < 3) die("usage: pages FILE MIB [STEP...]");
    size_t bytes = (size_t)atol(words[2]) << 20;
    int file = open(words[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || unlink(words[1]) || ftruncate(file, (off_t)bytes)) die(words[1]);
    char *at = mmap(PLACE, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE, file, 0);
    if (at != PLACE) die("mmap");
    for (int i = 3; i < count; i++) {
        const char *step = words[i];
        double start = now();
        if (!strcmp(step, "fill") && fallocate(file, 0, 0, (off_t)bytes)) die(step);
        if (!strcmp(step, "advise") && madvise(at, bytes, MADV_HUGEPAGE)) die(step);
        if (!strcmp(step, "collapse") && madvise(at, bytes, COLLAPSE)) die(step);
        if (!strcmp(step, "touch"))
            for (size_t page = 0; page < bytes; page += 4096) at[page] = 1;
        if (strcmp(step, "advise")) printf("%s %.3f s, ", step, now() - start);
    }
    long pages = large();
    printf("%ld of %zu MiB in large pages, random read %.0f ns\n", pages, bytes >> 20,
           random_read((const volatile uint64_t *)(const void *)at, bytes / 8));
    return 0;
}
