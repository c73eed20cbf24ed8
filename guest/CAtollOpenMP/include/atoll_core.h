// SPDX-License-Identifier: Apache-2.0
//
// What the core of the OpenMP runtime (teams, loops, barriers) shares with the other parts that are in C.

#ifndef ATOLL_CORE_H
#define ATOLL_CORE_H

#include <stdint.h>

#include "atoll_doorbell.h"
#include "atoll_image.h"

/// Has the thread of `record` started; see atoll_thread_spawn().
int atoll_core_spawn(uint64_t record);

/// Runs `function(data)`.
static inline void atoll_call(uint64_t function, uint64_t data)
{
	((void (*)(void *))function)((void *)data);
}

/// How this thread rounds and what it traps: the x87 control word above the SSE one.
static inline uint64_t atoll_float_control(void)
{
#if defined(__x86_64__)
	uint32_t sse;
	uint16_t x87;

	__asm__ __volatile__("stmxcsr %0" : "=m"(sse));
	__asm__ __volatile__("fnstcw %0" : "=m"(x87));
	// Without the flags of what has happened: those are each thread's own.
	return (uint64_t)x87 << 32 | (sse & ~0x3fu);
#else
	uint64_t control;

	__asm__ __volatile__("mrs %0, fpcr" : "=r"(control));
	return control;
#endif
}

static inline void atoll_set_float_control(uint64_t control)
{
#if defined(__x86_64__)
	uint32_t sse = (uint32_t)control;
	uint16_t x87 = (uint16_t)(control >> 32);

	__asm__ __volatile__("ldmxcsr %0" : : "m"(sse));
	__asm__ __volatile__("fldcw %0" : : "m"(x87));
#else
	__asm__ __volatile__("msr fpcr, %0" : : "r"(control));
#endif
}

static inline uint32_t atoll_process_rank(void) { return atoll_process.rank; }
static inline uint32_t atoll_process_ranks(void) { return atoll_process.ranks; }
static inline uint32_t atoll_process_threads(void) { return atoll_process.threads; }
static inline uint32_t atoll_process_slots(void) { return atoll_process.thread_slots; }

/// Pauses that waits of this process's threads may spin; 0: not measured yet.
uint64_t atoll_core_spin_limit(void);
void atoll_core_set_spin_limit(uint64_t pauses);

/// The offset in the image of a block of the heap, aligned to 128; 0: none left.
uint64_t atoll_core_allocate(uint64_t bytes);

/// Whether ATOLL_OPENMP_PLACEMENT is `spread`: consecutive threads in consecutive VMs, where the program is
/// not given places. Else one VM is filled after the other.
bool atoll_core_spreads(void);

/// Ends the program: more threads than slots; no memory for a team.
void atoll_core_no_slot(void) __attribute__((noreturn));
void atoll_core_no_memory(void) __attribute__((noreturn));

/// Api: reads the OMP_ and GOMP_ variables into the settings, in rank 0, once.
void atoll_environment_begin(void);

/// Words of the program's or of the image, which this thread alone uses now.
static inline uint64_t atoll_core_get(uint64_t address)
{
	return *(uint64_t *)address;
}
static inline void atoll_core_put(uint64_t address, uint64_t value)
{
	*(uint64_t *)address = value;
}

/// Fetches the line of a word that is soon to be written, as the only one who has it. (The compiler's own
/// would fetch it to be read, for the sake of the oldest processors.)
static inline void atoll_core_prefetch(uintptr_t address)
{
#ifdef __x86_64__
	__asm__ volatile("prefetchw %0" : : "m"(*(char *)address));
#else
	__builtin_prefetch((void *)address, 1);
#endif
}

/// Does nothing for about so many of the processor's cycles: finer than its pause, which takes tens of them.
static inline void atoll_core_idle(uint64_t cycles)
{
	while (cycles--)
		__asm__ volatile("");
}

void atoll_core_free(uint64_t address);

/// (Combined.swift) What a worker runs in a region that begins in a loop.
void atoll_core_combined(uint64_t data);
static inline uint64_t atoll_core_combined_address(void)
{
	return (uint64_t)atoll_core_combined;
}

/// (Critical.swift) A word of the program's as a lock; (Single.swift) copyprivate: without a tool told of it.
void atoll_core_lock(uint64_t word);
void atoll_core_unlock(uint64_t word);
uint64_t atoll_core_copy_start(void);
void atoll_core_copy_end(uint64_t data);

/// (League.swift) Runs a target region on the host.
void atoll_core_target(uint64_t function, uint64_t data);

/// (Doacross.swift)
uint64_t atoll_core_doacross_dimensions(void);
void atoll_core_doacross_wait(uint64_t vector);

/// CPUs that this process may use.
int atoll_usable_cpus(void);

/// Binds the calling thread to the processors of a place that are this rank's.
void atoll_core_bind(uint32_t place);
/// The rank of a place's first processor.
uint32_t atoll_core_place_rank(uint32_t place);
/// How many places there are, if threads are to be bound to them; else 0.
uint32_t atoll_core_binds(void);
void atoll_core_set_binds(uint32_t places);

#endif  // ATOLL_CORE_H
