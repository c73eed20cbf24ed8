// SPDX-License-Identifier: Apache-2.0
//
// OMPT, the tools interface (OpenMP 5.1, chapter 4). A tool's functions and data are where all else of
// the program is, at one address in every rank: so an event is told to it by the thread that it happens
// to, whatever rank that is of.
//
// Which events the tool wants stands in a word of the image's header, which all hooks look at first.

#ifndef ATOLL_OMPT_H
#define ATOLL_OMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "atoll_image.h"

// image.ompt, by index.
enum {
	ATOLL_OMPT_EVENTS = 0,     // bit 0: there is, or was, a tool; bit n: it wants event n
	ATOLL_OMPT_ENDING = 1,     // not 0: idle workers shall tell it of their end
	ATOLL_OMPT_UNIQUE = 2,     // what ompt_get_unique_id has given last
	ATOLL_OMPT_TOOL = 3,       // address of what the tool's start has given; 0: it has ended
	ATOLL_OMPT_CALLBACKS = 8,  // the tool's functions, by event
};

// ompt_callbacks_t
enum {
	OMPT_THREAD_BEGIN = 1,
	OMPT_THREAD_END = 2,
	OMPT_PARALLEL_BEGIN = 3,
	OMPT_PARALLEL_END = 4,
	OMPT_TASK_CREATE = 5,
	OMPT_TASK_SCHEDULE = 6,
	OMPT_IMPLICIT_TASK = 7,
	OMPT_CONTROL_TOOL = 11,
	OMPT_SYNC_REGION_WAIT = 16,
	OMPT_MUTEX_RELEASED = 17,
	OMPT_DEPENDENCES = 18,
	OMPT_TASK_DEPENDENCE = 19,
	OMPT_WORK = 20,
	OMPT_MASKED = 21,
	OMPT_SYNC_REGION = 23,
	OMPT_LOCK_INIT = 24,
	OMPT_LOCK_DESTROY = 25,
	OMPT_MUTEX_ACQUIRE = 26,
	OMPT_MUTEX_ACQUIRED = 27,
	OMPT_NEST_LOCK = 28,
	OMPT_FLUSH = 29,
	OMPT_CANCEL = 30,
	OMPT_REDUCTION = 31,
	OMPT_DISPATCH = 32,
	OMPT_ERROR = 37,
	OMPT_LAST = 37,
};

// ompt_scope_endpoint_t
enum { OMPT_BEGIN = 1, OMPT_END = 2 };

static inline uint64_t atoll_ompt_events(void)
{
	return __atomic_load_n(&atoll_image()->ompt[ATOLL_OMPT_EVENTS], __ATOMIC_RELAXED);
}

/// For C; Swift has `Ompt.isOn`.
static inline bool atoll_ompt_is_on(void)
{
	return __builtin_expect(atoll_ompt_events() != 0, 0);
}

static inline bool atoll_ompt_wants(int event)
{
	return atoll_ompt_events() >> event & 1;
}

/// Tells the tool of an event that it wants. All arguments of all callbacks are numbers or addresses.
/// Gives what the function does, for the one that gives anything.
uint64_t atoll_ompt_call(int event, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
			 uint64_t f);

/// The address that the innermost call from the program into this library returns to.
uint64_t atoll_ompt_return_address(void);
/// The frame of the function of this library that has been so called.
uint64_t atoll_ompt_entry_frame(void);
/// The frame of the function that has called the caller, which is about to call the program.
uint64_t atoll_ompt_exit_frame(void);

/// Looks for a tool and has it initialised: in rank 0, by the thread that is about to run main.
void atoll_ompt_start(void);
/// An error directive; `length` of -1: up to the zero.
void atoll_ompt_error(bool is_fatal, const char *message, size_t length);
/// The program ends: the tool does.
void atoll_ompt_end(void);

// ------------------------------------------------------------------------------- in Ompt*.swift

struct atoll_ompt_task_info {
	uint64_t flags, data, frame, parallel, thread;
};

void atoll_ompt_thread_begin(void);
void atoll_ompt_thread_end(void);
/// Until all idle workers of all ranks have told of their end.
void atoll_ompt_end_workers(void);
uint64_t atoll_ompt_thread_data(void);
uint64_t atoll_ompt_state(uint64_t *wait);
/// False: there is no such ancestor.
bool atoll_ompt_parallel_info(int level, uint64_t *data, uint64_t *size);
bool atoll_ompt_task_info(int level, struct atoll_ompt_task_info *info);
/// The bytes that the running explicit task's data take; 0: there are none.
uint64_t atoll_ompt_task_memory(uint64_t *address);
int atoll_ompt_own_place(void);
/// How many places the partition has; the first.
int atoll_ompt_partition(int *first);

/// For what clang's code calls: ompt_work_t, ompt_sync_region_t.
void atoll_ompt_work(int type, int endpoint, uint64_t count);
void atoll_ompt_work_end(void);
void atoll_ompt_taskloop(int endpoint, uint64_t count);
void atoll_ompt_next_barrier(int kind);
void atoll_ompt_masked(int endpoint);
void atoll_ompt_reduction(int endpoint);
void atoll_ompt_flush(void);

#endif  // ATOLL_OMPT_H
