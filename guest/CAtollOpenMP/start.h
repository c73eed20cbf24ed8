// SPDX-License-Identifier: Apache-2.0
//
// Parts of the start; see start.c.

#ifndef ATOLL_START_H
#define ATOLL_START_H

#include "image.h"

/// What a function leaves to its caller: stack pointer, return address, rbx, rbp, r12 to r15.
struct atoll_context { uint64_t word[8]; };

/// Like setjmp: 0 at first; 1 when the context is resumed, which another thread may do.
HIDDEN long atoll_context_save(struct atoll_context *context) __attribute__((returns_twice));
HIDDEN void atoll_context_resume(const struct atoll_context *context) __attribute__((noreturn));
/// Calls a function that does not return on another stack.
HIDDEN void atoll_call_on(void *top, void (*function)(void *), void *argument)
    __attribute__((noreturn));

/// Goes from the initial stack, where the loader has called the program, to the image's.
HIDDEN void atoll_initial_stack_return(void) __attribute__((noreturn));
/// There: runs the program.
HIDDEN void *atoll_run_program(void);

/// Takes the starter's words out of the environment: what the program starts are ordinary processes.
HIDDEN void atoll_strip_environment(char **environment);

/// Runs for ever on the initial thread of each rank: starts threads for others, watches the ranks.
HIDDEN void atoll_watch(void) __attribute__((noreturn));

#endif  // ATOLL_START_H
