// SPDX-License-Identifier: Apache-2.0
//
// Stacks that take turns on one thread: a model's threads, of which the model decides at each step
// which one runs, and which may be left for ever in the middle of anything.

#ifndef ATOLL_FIBERS_H
#define ATOLL_FIBERS_H

#include <stdint.h>

typedef uintptr_t atoll_fiber;

// A fiber with a stack of its own; 0 where there is no memory. For one thread only.
atoll_fiber atoll_fiber_make(void);
void atoll_fiber_free(atoll_fiber fiber);

// Makes the fiber begin with entry(argument) when it is resumed. What it was in the middle of is
// abandoned: nothing of it is undone or freed.
void atoll_fiber_start(atoll_fiber fiber, void (*entry)(uintptr_t), uintptr_t argument);

// Runs the fiber until it yields or its entry returns. 1: it has ended.
int atoll_fiber_resume(atoll_fiber fiber);

// Called in a fiber: goes back to whoever resumed it.
void atoll_fiber_yield(atoll_fiber fiber);

#endif
