// SPDX-License-Identifier: Apache-2.0
//
// Threads on stacks of the image. glibc puts a thread's own data (its thread-local variables, errno)
// at the top of a stack that it is given: so these too lie in the image, and every rank can follow a
// pointer to them.

#include "threads.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { GUARD = 16384 };

__thread struct atoll_strand *atoll_strand;

void *atoll_real(const char *name) { return dlsym(RTLD_NEXT, name); }

uint64_t atoll_stack_default(void) {
    static uint64_t known;
    if (known) return known;
    struct rlimit limit = {0};
    atoll_syscall(SYS_prlimit64, 0, RLIMIT_STACK, 0, (uint64_t)&limit, 0, 0);
    uint64_t bytes = limit.rlim_cur;
    if (bytes == 0 || bytes > (1ull << 30)) bytes = 8ull << 20;  // "unlimited"
    // Stacks of all workers are not to fill more than an eighth of a small image.
    uint64_t threads = (uint64_t)atoll_process.ranks * atoll_process.threads;
    uint64_t most = atoll_process.heap_bytes / 8 / threads & ~65535ull;
    if (bytes > most) bytes = most;
    if (bytes < 256 << 10) bytes = 256 << 10;
    return known = (bytes + 65535) & ~65535ull;
}

static void *run(void *context) {
    struct atoll_strand *self = context;
    atoll_strand = self;
    atoll_set_self(self->record == atoll_thread_offset(0) ? 0 : self->record);
    if (self->record) {
        struct atoll_thread *thread = atoll_thread(self->record);
        thread->stack = (uint64_t)self->stack;
        thread->stack_bytes = self->stack_bytes;
        thread->handle = (uint64_t)pthread_self();
        store(&thread->state, ATOLL_THREAD_STARTED);
    }
    return self->body(self->argument);
}

static void clear(struct atoll_strand *strand) {
    if (strand->stack) {
        atoll_sys_mprotect((uint64_t)strand->stack, GUARD, PROT_READ | PROT_WRITE);
        atoll_heap_free(strand->stack);
    }
    atoll_heap_free(strand);
}

int atoll_strand_start(void *(*body)(void *), void *argument, uint64_t stack_bytes, uint64_t record,
                       bool blocks_signals, struct atoll_strand **made) {
    static int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!create) create = atoll_real("pthread_create");
    if (!stack_bytes) stack_bytes = atoll_stack_default();
    stack_bytes = ((stack_bytes + 65535) & ~65535ull) + 65536;
    struct atoll_strand *strand = atoll_heap_allocate(sizeof *strand, 64);
    if (!strand) return EAGAIN;
    memset(strand, 0, sizeof *strand);
    strand->body = body;
    strand->argument = argument;
    strand->rank = atoll_process.rank;
    strand->record = record;
    strand->stack_bytes = stack_bytes;
    strand->stack = atoll_heap_allocate(stack_bytes, 65536);
    if (!strand->stack) {
        atoll_heap_free(strand);
        return EAGAIN;
    }
    atoll_sys_mprotect((uint64_t)strand->stack, GUARD, PROT_NONE);
    // glibc takes what lies at the top for cleared memory only where it has mapped it itself, and
    // clears what it uses; nothing to do for it here.
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, strand->stack + GUARD, stack_bytes - GUARD);
    uint64_t all = ~0ull, old = 0;
    if (blocks_signals)
        atoll_syscall(SYS_rt_sigprocmask, SIG_BLOCK, (uint64_t)&all, (uint64_t)&old, 8, 0, 0);
    pthread_t handle;
    int error = create(&handle, &attributes, run, strand);
    if (blocks_signals)
        atoll_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)&old, 0, 8, 0, 0);
    pthread_attr_destroy(&attributes);
    if (error) {
        clear(strand);
        return error;
    }
    strand->handle = (uint64_t)handle;
    if (made) *made = strand;
    return 0;
}

static void *work(void *record) {
    atoll_worker((uint64_t)record);
    return 0;
}

static int spawn_here(uint64_t record) {
    struct atoll_thread *thread = atoll_thread(record);
    // Signals are rank 0's, as are the threads that may run their handlers.
    int error = atoll_strand_start(work, (void *)record, thread->wanted_stack_bytes, record,
                                   atoll_process.rank != 0, 0);
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
    return 0;
}

void atoll_spawn_wanted(void) {
    static uint64_t seen;
    uint64_t wanted = load(&atoll_rank(atoll_process.rank)->wanted);
    if (wanted == seen) return;
    seen = wanted;
    for (uint32_t slot = 0; slot < atoll_process.thread_slots; slot++) {
        struct atoll_thread *thread = atoll_thread(atoll_thread_offset(slot));
        if (load(&thread->state) == ATOLL_THREAD_WANTED && thread->rank == atoll_process.rank &&
            swap(&thread->state, ATOLL_THREAD_WANTED, ATOLL_THREAD_NONE))
            spawn_here(atoll_thread_offset(slot));
    }
}

void atoll_strands_clear(void) {}
