// SPDX-License-Identifier: Apache-2.0
//
//   processes barrier|mutex|mutex-alone ROUNDS
//
// What two processes on two CPUs take for one sense-reversing barrier, written by hand on one shared page, or for taking
// and giving back a process-shared robust pthread mutex (`mutex-alone`: one process, nobody else wants it), in nanoseconds.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

struct shared {
    _Alignas(64) _Atomic uint32_t arrived;
    _Alignas(64) _Atomic uint32_t sense;
    _Alignas(64) pthread_mutex_t mutex;
    uint64_t count;
};

static void barrier(struct shared *shared, uint32_t *sense) {
    *sense = !*sense;
    if (atomic_fetch_add_explicit(&shared->arrived, 1, memory_order_acq_rel) == 1) {
        atomic_store_explicit(&shared->arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&shared->sense, *sense, memory_order_release);
    } else {
        while (atomic_load_explicit(&shared->sense, memory_order_acquire) != *sense) __builtin_ia32_pause();
    }
}

static void make_mutex(pthread_mutex_t *mutex) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    if (pthread_mutex_init(mutex, &attributes)) die("pthread_mutex_init");
}

static void lock_often(struct shared *shared, long rounds) {
    for (long i = 0; i < rounds; i++) {
        if (pthread_mutex_lock(&shared->mutex)) die("pthread_mutex_lock");
        shared->count++;
        pthread_mutex_unlock(&shared->mutex);
    }
}

static uint64_t work(struct shared *shared, const char *what, long rounds) {
    uint32_t sense = 0;
    for (int i = 0; i < 1000; i++) barrier(shared, &sense);
    // Before the barrier that lets the other begin: one that leaves it late must not seem quick.
    uint64_t start = now();
    barrier(shared, &sense);
    if (strcmp(what, "mutex") == 0) {
        lock_often(shared, rounds);
        barrier(shared, &sense);
    } else {
        for (long i = 0; i < rounds; i++) barrier(shared, &sense);
    }
    return now() - start;
}

int main(int count, char **words) {
    long rounds = count == 3 ? atol(words[2]) : 0;
    if (rounds < 1) return fputs("usage: processes barrier|mutex|mutex-alone ROUNDS\n", stderr), 2;
    struct shared *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) die("mmap");
    make_mutex(&shared->mutex);
    if (strcmp(words[1], "mutex-alone") == 0) {
        pin(0);
        lock_often(shared, rounds / 10 + 1);
        uint64_t start = now();
        lock_often(shared, rounds);
        print_figure(now() - start, (uint64_t)rounds);
        return 0;
    }
    pid_t child = fork();
    if (child < 0) die("fork");
    if (child == 0) {
        // It spins, and must not do so for nobody.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pin(1);
        work(shared, words[1], rounds);
        _exit(0);
    }
    pin(0);
    uint64_t took = work(shared, words[1], rounds);
    waitpid(child, NULL, 0);
    if (strcmp(words[1], "mutex") == 0 && shared->count != 2 * (uint64_t)rounds) die("an update was lost");
    // Of the mutex, both processes' operations.
    print_figure(took, (uint64_t)rounds * (strcmp(words[1], "mutex") == 0 ? 2 : 1));
    return 0;
}
