// SPDX-License-Identifier: Apache-2.0
//
// Threads on stacks of the image. glibc puts a thread's own data (its thread-local variables, errno)
// at the top of a stack that it is given: so these too lie in the image, and every rank can follow a
// pointer to them.

#include "atoll_api.h"
#include "bell.h"
#include "threads.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { GUARD = 16384, ALTERNATE = 16384 };

__thread struct atoll_strand *atoll_strand;

// Of this process: all its strands, under the lock.
static struct atoll_strand *strands;
static uint64_t lock;
static uint64_t ending;  // how many the watcher shall end

void *atoll_real(const char *name) { return dlsym(RTLD_NEXT, name); }

static uint64_t stack_limit(uint64_t if_unlimited, uint64_t most) {
    struct rlimit limit = {0};
    atoll_syscall(SYS_prlimit64, 0, RLIMIT_STACK, 0, (uint64_t)&limit, 0, 0);
    uint64_t bytes = limit.rlim_cur;
    if (bytes == 0 || bytes > 1ull << 40) bytes = if_unlimited;
    if (bytes > most) bytes = most;
    if (bytes < 256 << 10) bytes = 256 << 10;
    return (bytes + 65535) & ~65535ull;
}

// Without a limit, libc gives a thread 2 MiB, and main all that there is.
uint64_t atoll_stack_default(void) {
    static uint64_t known;
    uint64_t threads = (uint64_t)atoll_process.ranks * atoll_process.threads;
    // Stacks of all workers are not to fill more than an eighth of a small image.
    if (!known) known = stack_limit(8 << 20, atoll_process.heap_bytes / 8 / threads & ~65535ull);
    return known;
}

// More threads than the job has processors for get what is left, on and on less of it: the program's
// blocks need room too.
static uint64_t stack_for_one_more(void) {
    struct atoll_image *image = atoll_image();
    uint64_t bytes = atoll_stack_default(), budget = atoll_process.heap_bytes / 4;
    if (load(&image->stacks) <= (uint64_t)atoll_process.ranks * atoll_process.threads) return bytes;
    uint64_t used = load(&image->stack_bytes);
    uint64_t share = (budget > used ? budget - used : 0) / 8 & ~65535ull;
    if (bytes > share) bytes = share;
    return bytes < 256 << 10 ? 256 << 10 : bytes;
}

static void count_stack(uint64_t number, uint64_t bytes) {
    __atomic_fetch_add(&atoll_image()->stacks, number, __ATOMIC_RELAXED);
    __atomic_fetch_add(&atoll_image()->stack_bytes, bytes, __ATOMIC_RELAXED);
}

uint64_t atoll_stack_of_main(void) {
    return stack_limit(1 << 30, atoll_process.heap_bytes / 4 & ~65535ull);
}

static void acquire(void) {
    while (!swap(&lock, 0, 1)) atoll_sys_yield();
}
static void release(void) { store(&lock, 0); }

// A thread of the program's ends, by whichever way: so does its record, after the program's own
// destructors, which come in up to four rounds.
static pthread_key_t ending_key;
static int (*set_ending)(pthread_key_t, const void *);

static void at_end(void *round) {
    if ((uint64_t)round < 3) {
        set_ending(ending_key, (void *)((uint64_t)round + 1));
        return;
    }
    uint64_t record = atoll_self();
    atoll_set_self(0);
    atoll_runtime_thread_end(record);
    // POSIX: a program whose main thread has called pthread_exit ends with its last thread. libc counts
    // ours too.
    if (atoll_strand->is_own &&
        __atomic_sub_fetch(&atoll_image()->own_threads, 1, __ATOMIC_ACQ_REL) == 0)
        exit(0);
}

static void tell_end(void) {
    static uint64_t state;  // 1: the key is being made; 2: there is one
    if (swap(&state, 0, 1)) {
        set_ending = atoll_real("pthread_setspecific");
        ((int (*)(pthread_key_t *, void (*)(void *)))atoll_real("pthread_key_create"))(&ending_key,
                                                                                       at_end);
        store(&state, 2);
    }
    while (load(&state) != 2) atoll_sys_yield();
    set_ending(ending_key, (void *)1);
}

static void *run(void *context) {
    struct atoll_strand *self = context;
    atoll_strand = self;
    atoll_set_self(self->record);
    // For a handler that runs when the stack is used up.
    if (atoll_process.rank != 0 && self->stack) {
        stack_t alternate = {.ss_sp = self->stack + GUARD, .ss_size = ALTERNATE};
        atoll_syscall(SYS_sigaltstack, (uint64_t)&alternate, 0, 0, 0, 0, 0);
        atoll_sys_mprotect((uint64_t)self->stack + GUARD + ALTERNATE, 4096, PROT_NONE);
    }
    if (!self->record) tell_end();
    if (self->record) {
        struct atoll_thread *thread = atoll_thread(self->record);
        thread->stack = (uint64_t)self->stack;
        thread->stack_bytes = self->stack_bytes;
        thread->handle = (uint64_t)pthread_self();
        store(&thread->state, ATOLL_THREAD_STARTED);
    }
    return self->body(self->argument);
}

static void free_stack(struct atoll_strand *strand) {
    if (!strand->stack) return;
    atoll_sys_mprotect((uint64_t)strand->stack, GUARD + ALTERNATE + 4096, PROT_READ | PROT_WRITE);
    atoll_heap_free(strand->stack);
    count_stack((uint64_t)-1, -strand->stack_bytes);
    strand->stack = 0;
}

static void forget(struct atoll_strand *strand) {
    if (strand->is_own) __atomic_fetch_sub(&atoll_image()->own_threads, 1, __ATOMIC_ACQ_REL);
    atoll_heap_free(strand);
}

// A thread's own variable, as others see it: glibc lays all threads' data out in one way.
struct atoll_strand **atoll_strand_of(pthread_t handle) {
    uint64_t distance = (uint64_t)&atoll_strand - (uint64_t)pthread_self();
    return (struct atoll_strand **)((uint64_t)handle + distance);
}

int atoll_strand_start(void *(*body)(void *), void *argument, const pthread_attr_t *wanted,
                       uint64_t stack_bytes, uint64_t record, bool is_own,
                       struct atoll_strand **made) {
    static int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!create) create = atoll_real("pthread_create");
    void *given = 0;
    size_t given_bytes = 0;
    if (wanted) pthread_attr_getstack(wanted, &given, &given_bytes);
    // Without a stack, glibc says that the address is 0, less the size.
    if ((uint64_t)given + given_bytes == 0) given = 0;
    if (!stack_bytes) stack_bytes = stack_for_one_more();
    stack_bytes = ((stack_bytes + 65535) & ~65535ull) + 65536;
    struct atoll_strand *strand = atoll_heap_allocate(sizeof *strand, 64);
    if (!strand) return EAGAIN;
    memset(strand, 0, sizeof *strand);
    strand->body = body;
    strand->argument = argument;
    strand->rank = atoll_process.rank;
    strand->record = record;
    if (is_own) {
        strand->is_own = 1;
        __atomic_fetch_add(&atoll_image()->own_threads, 1, __ATOMIC_ACQ_REL);
    }
    // A copy: what it points to stays the program's.
    pthread_attr_t attributes;
    if (wanted)
        memcpy(&attributes, wanted, sizeof attributes);
    else
        pthread_attr_init(&attributes);
    if (!given) {
        strand->stack_bytes = stack_bytes;
        strand->stack = atoll_heap_allocate(stack_bytes, 65536);
        if (!strand->stack) {
            forget(strand);
            return EAGAIN;
        }
        count_stack(1, stack_bytes);
        atoll_sys_mprotect((uint64_t)strand->stack, GUARD, PROT_NONE);
        pthread_attr_setstack(&attributes, strand->stack + GUARD, stack_bytes - GUARD);
    }
    // libc is never to free it: see atoll_strands_clear.
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_JOINABLE);
    pthread_t handle;
    int error = create(&handle, &attributes, run, strand);
    if (!wanted) pthread_attr_destroy(&attributes);
    if (error) {
        free_stack(strand);
        forget(strand);
        return error;
    }
    strand->handle = (uint64_t)handle;
    *atoll_strand_of(handle) = strand;
    acquire();
    strand->next = strands;
    strands = strand;
    release();
    if (made) *made = strand;
    return 0;
}

// ------------------------------------------------------------------------------------ their end

int atoll_strand_try(struct atoll_strand *strand, void **result) {
    // Not pthread_join: it waits by a call of the kernel's that does not know a device's memory.
    static int (*try)(pthread_t, void **);
    if (!try) try = atoll_real("pthread_tryjoin_np");
    int error = try((pthread_t)strand->handle, result);
    if (error) return error;
    acquire();
    for (struct atoll_strand **at = &strands; *at; at = &(*at)->next) {
        if (*at != strand) continue;
        *at = strand->next;
        break;
    }
    release();
    free_stack(strand);
    return 0;
}

void atoll_strand_leave(struct atoll_strand *strand, uint64_t wanted) {
    store(&strand->wanted, wanted);
    uint32_t rank = (uint32_t)strand->rank;
    if (rank == atoll_process.rank)
        __atomic_fetch_add(&ending, 1, __ATOMIC_ACQ_REL);
    else
        __atomic_fetch_add(&atoll_rank(rank)->reap, 1, __ATOMIC_ACQ_REL);
    atoll_ring(rank);
}

bool atoll_strands_clear(void) {
    uint64_t *asked = &atoll_rank(atoll_process.rank)->reap;
    if (load(asked)) __atomic_fetch_add(&ending, __atomic_exchange_n(asked, 0, __ATOMIC_ACQ_REL),
                                        __ATOMIC_ACQ_REL);
    if (!load(&ending)) return false;
    bool any = false;
    acquire();
    struct atoll_strand *at = strands;
    release();
    // Only this thread takes out of the list those that it looks at; new ones come before them.
    while (at) {
        struct atoll_strand *next = at->next;
        uint64_t wanted = load(&at->wanted);
        void *result = 0;
        if (wanted && !atoll_strand_try(at, &result)) {
            any = true;
            __atomic_fetch_sub(&ending, 1, __ATOMIC_ACQ_REL);
            at->result = result;
            if (wanted == ATOLL_STRAND_JOINED)
                store(&at->done, 1);  // who waits for that frees it
            else
                atoll_heap_free(at);
        }
        at = next;
    }
    return any;
}

// -------------------------------------------------------------------------------------- workers

static void *work(void *record) {
    atoll_worker((uint64_t)record);
    return 0;
}

// OMP_STACKSIZE (OpenMP 5.1, section 6.6).
static uint64_t worker_stack(void) {
    const struct atoll_environment *environment = atoll_omp_environment();
    bool is_set = environment && environment->values.is_stack_set;
    uint64_t bytes = is_set ? environment->values.stack_bytes : 0;
    return bytes >= 16384 ? bytes : 0;
}

static int spawn_here(uint64_t record) {
    struct atoll_thread *thread = atoll_thread(record);
    uint64_t stack = thread->wanted_stack_bytes ? thread->wanted_stack_bytes : worker_stack();
    int error = atoll_strand_start(work, (void *)record, 0, stack, record, false, 0);
    if (!error) return 0;
    thread->error = (uint64_t)error;
    store(&thread->state, ATOLL_THREAD_FAILED);
    return error;
}

int atoll_thread_spawn(uint64_t record) {
    struct atoll_thread *thread = atoll_thread(record);
    thread->error = 0;
    if (thread->rank == atoll_process.rank) return spawn_here(record);
    store(&thread->state, ATOLL_THREAD_WANTED);
    __atomic_fetch_add(&atoll_rank((uint32_t)thread->rank)->wanted, 1, __ATOMIC_ACQ_REL);
    atoll_ring((uint32_t)thread->rank);
    return 0;
}

bool atoll_spawn_wanted(void) {
    static uint64_t seen;
    uint64_t wanted = load(&atoll_rank(atoll_process.rank)->wanted);
    if (wanted == seen) return false;
    seen = wanted;
    for (uint32_t slot = 0; slot < atoll_process.thread_slots; slot++) {
        struct atoll_thread *thread = atoll_thread(atoll_thread_offset(slot));
        if (load(&thread->state) == ATOLL_THREAD_WANTED && thread->rank == atoll_process.rank &&
            swap(&thread->state, ATOLL_THREAD_WANTED, ATOLL_THREAD_NONE) &&
            spawn_here(atoll_thread_offset(slot)))
            // As libgomp does: the team is there already, but for this thread.
            atoll_image_fail(1, "Thread creation failed: Resource temporarily unavailable");
    }
    return true;
}
