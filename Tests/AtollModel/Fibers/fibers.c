// SPDX-License-Identifier: Apache-2.0
#include "fibers.h"

#include <setjmp.h>
#include <stdlib.h>
#include <ucontext.h>

enum { STACK = 256 << 10 };

// ucontext makes the first switch to a stack; setjmp makes all others, since it leaves the signal
// mask alone and so needs no system call.
struct fiber {
    ucontext_t context;
    jmp_buf here, resumer;
    void (*entry)(uintptr_t);
    uintptr_t argument;
    int is_fresh, is_over;
    void *stack;
};

atoll_fiber atoll_fiber_make(void) {
    struct fiber *fiber = calloc(1, sizeof *fiber);
    if (!fiber) return 0;
    fiber->stack = malloc(STACK);
    if (!fiber->stack) {
        free(fiber);
        return 0;
    }
    return (atoll_fiber)fiber;
}

void atoll_fiber_free(atoll_fiber handle) {
    struct fiber *fiber = (struct fiber *)handle;
    free(fiber->stack);
    free(fiber);
}

static void begin(unsigned high, unsigned low) {
    struct fiber *fiber = (struct fiber *)((uintptr_t)high << 32 | low);
    fiber->entry(fiber->argument);
    fiber->is_over = 1;
    _longjmp(fiber->resumer, 1);
}

void atoll_fiber_start(atoll_fiber handle, void (*entry)(uintptr_t), uintptr_t argument) {
    struct fiber *fiber = (struct fiber *)handle;
    fiber->entry = entry;
    fiber->argument = argument;
    fiber->is_fresh = 1;
    fiber->is_over = 0;
}

int atoll_fiber_resume(atoll_fiber handle) {
    struct fiber *fiber = (struct fiber *)handle;
    if (_setjmp(fiber->resumer) == 0) {
        if (!fiber->is_fresh) _longjmp(fiber->here, 1);
        fiber->is_fresh = 0;
        getcontext(&fiber->context);
        fiber->context.uc_stack.ss_sp = fiber->stack;
        fiber->context.uc_stack.ss_size = STACK;
        fiber->context.uc_link = 0;
        makecontext(&fiber->context, (void (*)(void))begin, 2, (unsigned)(handle >> 32),
                    (unsigned)handle);
        setcontext(&fiber->context);
    }
    return fiber->is_over;
}

void atoll_fiber_yield(atoll_fiber handle) {
    struct fiber *fiber = (struct fiber *)handle;
    if (_setjmp(fiber->here) == 0) _longjmp(fiber->resumer, 1);
}
