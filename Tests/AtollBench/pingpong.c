// SPDX-License-Identifier: Apache-2.0
//
// How long one cache line takes from one core to another and back, in nanoseconds, as {"min":..., "median":...}:
// what the machine's mood is measured by. Two processes on two CPUs share one page, as two VMs share a region, and
// answer each other's number. Prints null on a machine with one CPU.
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TRIPS = 1000, MOST_BATCHES = 200, FEWEST_BATCHES = 5, STOP = 1 };
// A batch takes 0.2 ms on idle cores, and whole time slices where others run.
static const uint64_t PATIENCE = 300u * 1000 * 1000;

typedef _Atomic uint32_t Word;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set)) die("pingpong: sched_setaffinity");
}

// Even numbers go there, each answered by the odd one after it. STOP ends the answers.
static uint32_t trip(Word *word, uint32_t number) {
    atomic_store_explicit(word, number + 2, memory_order_release);
    while (atomic_load_explicit(word, memory_order_acquire) != number + 3) __builtin_ia32_pause();
    return number + 2;
}

static void answer(Word *word) {
    for (;;) {
        uint32_t number = atomic_load_explicit(word, memory_order_acquire);
        if (number == STOP) _exit(0);
        if (number % 2 == 0 && number != 0) atomic_store_explicit(word, number + 1, memory_order_release);
        else __builtin_ia32_pause();
    }
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(void) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed)) die("pingpong: sched_getaffinity");
    int cpus[2], found = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && found < 2; cpu++)
        if (CPU_ISSET(cpu, &allowed)) cpus[found++] = cpu;
    if (found < 2) return puts("null"), 0;

    Word *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (word == MAP_FAILED) die("pingpong: mmap");
    pid_t child = fork();
    if (child < 0) die("pingpong: fork");
    if (child == 0) {
        // It spins, and must not do so for nobody.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pin(cpus[1]);
        answer(word);
    }
    pin(cpus[0]);

    double batches[MOST_BATCHES];
    int count = 0;
    uint32_t number = 0;
    for (int i = 0; i < TRIPS; i++) number = trip(word, number); // both are awake
    uint64_t end = now() + PATIENCE;
    while (count < MOST_BATCHES && (count < FEWEST_BATCHES || now() < end)) {
        uint64_t start = now();
        for (int i = 0; i < TRIPS; i++) number = trip(word, number);
        batches[count++] = (double)(now() - start) / TRIPS;
    }
    atomic_store_explicit(word, STOP, memory_order_release);
    waitpid(child, NULL, 0);

    qsort(batches, (size_t)count, sizeof *batches, ascending);
    printf("{\"min\": %.1f, \"median\": %.1f}\n", batches[0], batches[count / 2]);
    return 0;
}
