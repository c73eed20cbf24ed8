// SPDX-License-Identifier: Apache-2.0
//
// Tasks: what their Swift bodies need of C, and what other parts of the runtime ask of them.

#ifndef ATOLL_TASKS_H
#define ATOLL_TASKS_H

#include <stdint.h>
#include <string.h>

static inline void atoll_task_call(uint64_t function, uint64_t data)
{
	((void (*)(void *))function)((void *)data);
}

/// Copies the data of a task: by the function that the compiler has made for it, or byte by byte.
static inline void atoll_task_copy(uint64_t copy, uint64_t to, uint64_t from, uint64_t bytes)
{
	if (copy)
		((void (*)(void *, void *))copy)((void *)to, (void *)from);
	else if (bytes)
		memcpy((void *)to, (void *)from, bytes);
}

static inline uint64_t atoll_task_get(uint64_t address, uint64_t index)
{
	return ((uint64_t *)address)[index];
}

static inline void atoll_task_set(uint64_t address, uint64_t index, uint64_t value)
{
	((uint64_t *)address)[index] = value;
}

// What the flags of GOMP_task and GOMP_taskloop say (gcc's include/gomp-constants.h).
enum {
	ATOLL_TASK_UNTIED = 1 << 0,
	ATOLL_TASK_FINAL = 1 << 1,
	ATOLL_TASK_MERGEABLE = 1 << 2,
	ATOLL_TASK_DEPEND = 1 << 3,
	ATOLL_TASK_PRIORITY = 1 << 4,
	ATOLL_TASK_UP = 1 << 8,
	ATOLL_TASK_GRAINSIZE = 1 << 9,
	ATOLL_TASK_IF = 1 << 10,
	ATOLL_TASK_NOGROUP = 1 << 11,
	ATOLL_TASK_REDUCTION = 1 << 12,
	ATOLL_TASK_DETACH = 1 << 13,
	ATOLL_TASK_STRICT = 1 << 14,
};

// ------------------------------------------------------ for __kmpc_omp_task_begin_if0 and _complete_if0

/// For a task whose body stands between two calls: what the thread runs between them is the task's, a
/// child of the running one, in its task group. `flags`: ATOLL_TASK_FINAL. Gives what the second call is
/// to be told.
void *atoll_task_begin_now(unsigned flags);
void atoll_task_end_now(void *task);

/// Ends the program: a task names a reduction that is none.
void atoll_task_no_reduction(void) __attribute__((noreturn));

/// What a task does that is only there to be waited for.
void atoll_task_nothing(void *data);

static inline uint64_t atoll_task_nothing_address(void)
{
	return (uint64_t)&atoll_task_nothing;
}

/// A thread's share of a region whose implicit tasks take part in a task reduction.
void atoll_task_reduction_share(void *data);

static inline uint64_t atoll_task_reduction_address(void)
{
	return (uint64_t)&atoll_task_reduction_share;
}

#endif  // ATOLL_TASKS_H
