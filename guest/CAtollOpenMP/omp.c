// SPDX-License-Identifier: Apache-2.0
//
// The program's memory as the omp_ functions use it, and how they end it.

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "atoll_api.h"
#include "atoll_image.h"
#include "atoll_ompt.h"

uintptr_t atoll_omp_malloc(uintptr_t size) { return (uint64_t)malloc(size); }
uintptr_t atoll_omp_calloc(uintptr_t size) { return (uint64_t)calloc(1, size); }
void atoll_omp_free(uintptr_t address) { free((void *)address); }

void atoll_omp_copy(uintptr_t target, uintptr_t source, uintptr_t length)
{
	memcpy((void *)target, (const void *)source, length);
}

// OpenMP 5.1, section 3.8.6: `counts` elements of each dimension, the last one varying fastest.
static bool copy_rectangle(char *target, const char *source, size_t size, int dimensions,
			   const size_t *counts, const size_t *target_at, const size_t *source_at,
			   const size_t *target_size, const size_t *source_size)
{
	size_t target_step = size, source_step = size;

	if (dimensions == 1) {
		size_t bytes;

		if (__builtin_mul_overflow(size, counts[0], &bytes))
			return false;
		memcpy(target + size * target_at[0], source + size * source_at[0], bytes);
		return true;
	}
	for (int each = 1; each < dimensions; each++)
		if (__builtin_mul_overflow(target_step, target_size[each], &target_step) ||
		    __builtin_mul_overflow(source_step, source_size[each], &source_step))
			return false;
	target += target_step * target_at[0];
	source += source_step * source_at[0];
	for (size_t each = 0; each < counts[0]; each++) {
		if (!copy_rectangle(target, source, size, dimensions - 1, counts + 1, target_at + 1,
				    source_at + 1, target_size + 1, source_size + 1))
			return false;
		target += target_step;
		source += source_step;
	}
	return true;
}

int32_t atoll_omp_copy_rectangle(uintptr_t target, uintptr_t source, uintptr_t size,
				 int32_t dimensions, uintptr_t counts, uintptr_t target_at,
				 uintptr_t source_at, uintptr_t target_size, uintptr_t source_size)
{
	bool is_done = copy_rectangle((char *)target, (const char *)source, size, dimensions,
				      (const size_t *)counts, (const size_t *)target_at,
				      (const size_t *)source_at, (const size_t *)target_size,
				      (const size_t *)source_size);

	return is_done ? 0 : 22;
}

void GOMP_taskwait(void);
void atoll_omp_taskwait(void) { GOMP_taskwait(); }

_Noreturn void atoll_omp_out_of_memory(uintptr_t size)
{
	fprintf(stderr, "\nlibgomp: Out of memory allocating %lu bytes\n", (unsigned long)size);
	exit(EXIT_FAILURE);
}

// The error directive (OpenMP 5.1, section 2.5.4).
static void error_directive(const char *kind, const char *message, size_t length)
{
	if (atoll_ompt_is_on())
		atoll_ompt_error(kind[0] != 0, message, length);
	if (message == NULL)
		fprintf(stderr, "\nlibgomp: %serror directive encountered\n", kind);
	else if (length == (size_t)-1)
		fprintf(stderr, "\nlibgomp: %serror directive encountered: %s\n", kind, message);
	else
		fprintf(stderr, "\nlibgomp: %serror directive encountered: %.*s\n", kind,
			(int)length, message);
}

void GOMP_warning(const char *message, size_t length) { error_directive("", message, length); }

void GOMP_error(const char *message, size_t length)
{
	error_directive("fatal error: ", message, length);
	exit(EXIT_FAILURE);
}

uint32_t atoll_omp_shows_affinity(void) { return atoll_omp_environment()->values.display_affinity; }
uint32_t atoll_omp_processors(void) { return atoll_omp_environment()->values.processors; }
int32_t atoll_omp_priority(void) { return atoll_omp_environment()->values.max_task_priority; }

// Of the device, not of a task: any thread may change them.
int32_t atoll_omp_teams(void)
{
	return (int32_t)__atomic_load_n(&atoll_omp_environment()->values.num_teams, __ATOMIC_RELAXED);
}

void atoll_omp_set_teams(int32_t count)
{
	__atomic_store_n(&atoll_omp_environment()->values.num_teams, (uint32_t)count, __ATOMIC_RELAXED);
}

int32_t atoll_omp_teams_limit(void)
{
	return (int32_t)__atomic_load_n(&atoll_omp_environment()->values.teams_thread_limit,
					__ATOMIC_RELAXED);
}

void atoll_omp_set_teams_limit(int32_t count)
{
	__atomic_store_n(&atoll_omp_environment()->values.teams_thread_limit, (uint32_t)count,
			 __ATOMIC_RELAXED);
}

uint64_t atoll_omp_native_thread(void) { return (uint64_t)pthread_self(); }

// Of this rank's own machine, not of the program's.
uint32_t atoll_omp_process(void) { return (uint32_t)atoll_rank(atoll_process.rank)->pid; }

uint32_t atoll_omp_host(uint8_t *bytes, uint32_t size)
{
	struct utsname names;
	size_t count;

	if (uname(&names) != 0)
		return 0;
	count = strlen(names.nodename);
	if (count > size)
		count = size;
	memcpy(bytes, names.nodename, count);
	return (uint32_t)count;
}

_Noreturn void atoll_omp_exit(int32_t code) { exit(code); }

// Fortran of LLVM's runtime has these as variables.
#define HANDLE(name, value) const uint64_t name = value
HANDLE(omp_null_allocator, 0);
HANDLE(omp_default_mem_alloc, 1);
HANDLE(omp_large_cap_mem_alloc, 2);
HANDLE(omp_const_mem_alloc, 3);
HANDLE(omp_high_bw_mem_alloc, 4);
HANDLE(omp_low_lat_mem_alloc, 5);
HANDLE(omp_cgroup_mem_alloc, 6);
HANDLE(omp_pteam_mem_alloc, 7);
HANDLE(omp_thread_mem_alloc, 8);
HANDLE(omp_null_mem_space, 0);
HANDLE(omp_default_mem_space, 99);
HANDLE(omp_large_cap_mem_space, 1);
HANDLE(omp_const_mem_space, 2);
HANDLE(omp_high_bw_mem_space, 3);
HANDLE(omp_low_lat_mem_space, 4);
