// SPDX-License-Identifier: Apache-2.0
//
// What the program's environment says of OpenMP (OpenMP 5.1, section 6), as rank 0 has read it before
// main. Written once, before any other thread of the program runs; nobody writes it then.

#ifndef ATOLL_API_H
#define ATOLL_API_H

#include <stdbool.h>
#include <stdint.h>

#define ATOLL_LEVELS 32      // of a list for nested regions; deeper levels use the last
#define ATOLL_PLACES 1024
#define ATOLL_PROCESSORS 4096 // of all ranks
#define ATOLL_FORMAT 1024    // bytes of OMP_AFFINITY_FORMAT

// As <omp.h> has them: omp_sched_t, and its bit.
enum {
	ATOLL_SCHEDULE_STATIC = 1,
	ATOLL_SCHEDULE_DYNAMIC = 2,
	ATOLL_SCHEDULE_GUIDED = 3,
	ATOLL_SCHEDULE_AUTO = 4,
};
#define ATOLL_SCHEDULE_MONOTONIC 0x80000000u

// As <omp.h> has them: omp_proc_bind_t.
enum {
	ATOLL_BIND_FALSE = 0,
	ATOLL_BIND_TRUE = 1,
	ATOLL_BIND_PRIMARY = 2,
	ATOLL_BIND_CLOSE = 3,
	ATOLL_BIND_SPREAD = 4,
};

enum { ATOLL_WAIT_UNSAID = 0, ATOLL_WAIT_ACTIVE = 1, ATOLL_WAIT_PASSIVE = 2 };
enum { ATOLL_OFFLOAD_DEFAULT = 0, ATOLL_OFFLOAD_MANDATORY = 1, ATOLL_OFFLOAD_DISABLED = 2 };

// Initial values of the internal control variables (section 2.4.1).
struct atoll_values {
	uint32_t processors;       // of all ranks: omp_get_num_procs()
	uint32_t num_threads;      // of a region at level 0: OMP_NUM_THREADS, else `processors`
	uint32_t bind;             // ATOLL_BIND_*, at level 0
	uint32_t schedule;         // ATOLL_SCHEDULE_*, perhaps with ATOLL_SCHEDULE_MONOTONIC
	int32_t schedule_chunk;    // 0: not said
	uint32_t is_dynamic;
	uint32_t max_active_levels; // at most 255
	uint32_t thread_limit;     // UINT32_MAX: none
	uint32_t num_teams;        // 0: not said
	uint32_t teams_thread_limit; // 0: not said
	uint32_t is_cancellation;
	uint32_t display_affinity;
	uint32_t display_environment; // 0, 1, 2: verbose
	uint32_t target_offload;   // ATOLL_OFFLOAD_*
	int32_t default_device;
	int32_t max_task_priority;
	uint32_t wait_policy;      // ATOLL_WAIT_*
	uint32_t is_spin_count_set;
	uint32_t is_stack_set;
	uint32_t reserved;
	uint64_t spin_count;       // GOMP_SPINCOUNT, or as libgomp has it by the policy
	uint64_t stack_bytes;      // of worker threads; 0: the default
	uint64_t default_allocator; // omp_allocator_handle_t
};

struct atoll_environment {
	struct atoll_values values;
	uint32_t is_read;
	uint32_t num_threads_count; // of the list; 0: OMP_NUM_THREADS is not set
	uint64_t num_threads_list[ATOLL_LEVELS];
	uint32_t bind_count;       // of the list; 0: OMP_PROC_BIND is not set
	uint32_t bind_list[ATOLL_LEVELS];
	uint32_t places;           // 0: none said
	uint32_t place_first[ATOLL_PLACES + 1]; // of place_processors: place p has [first[p], first[p+1])
	uint32_t place_processors[ATOLL_PROCESSORS];
	uint32_t format_bytes;
	char format[ATOLL_FORMAT]; // omp_set_affinity_format() changes it, under a lock
};

/// Rank 0, once, before main: reads the environment and writes the record. Says what is wrong on
/// standard error, as libgomp does, and shows everything if OMP_DISPLAY_ENV asks for it.
void atoll_environment_begin(void);

/// The record; the same address in every rank.
struct atoll_environment *atoll_omp_environment(void);

/// Which rank has this processor, as places number them.
uint32_t atoll_processor_rank(uint32_t processor);

// Elements of the record's lists.
uint64_t atoll_environment_threads(uint32_t index);
uint32_t atoll_environment_bind(uint32_t index);
uint32_t atoll_places(void);
uint32_t atoll_place_size(uint32_t place);
uint32_t atoll_place_processor(uint32_t place, uint32_t index);

// ------------------------------------------------------------------------------- for our Swift alone

/// The value of a variable of the program's environment; null: not set.
const char *atoll_variable(const char *name);
/// Up to `size` bytes of a file; negative: it cannot be read.
int64_t atoll_read_file(const char *path, uint8_t *bytes, int64_t size);
void atoll_environment_create(void);
uint32_t atoll_environment_is_read(void);
void atoll_environment_finish(struct atoll_values values);
struct atoll_values atoll_environment_values(void);
uint32_t atoll_environment_threads_count(void);
uint32_t atoll_environment_bind_count(void);
void atoll_environment_put_threads(uint64_t count);
void atoll_environment_put_bind(uint32_t bind);
void atoll_place_put(uint32_t processor);
void atoll_place_close(void);
uint32_t atoll_format_read(uint8_t *bytes, uint32_t size);
void atoll_format_write(const uint8_t *bytes, uint32_t count);
void atoll_omp_say(const uint8_t *bytes, int64_t count);
/// The number of this process's `index`-th usable processor; negative: it has no more.
int32_t atoll_own_processor(uint32_t index);

// Addresses are numbers here: our Swift hands them through.
uintptr_t atoll_omp_malloc(uintptr_t size);
uintptr_t atoll_omp_calloc(uintptr_t size);
void atoll_omp_free(uintptr_t address);
void atoll_omp_copy(uintptr_t target, uintptr_t source, uintptr_t length);
int32_t atoll_omp_copy_rectangle(uintptr_t target, uintptr_t source, uintptr_t size,
				 int32_t dimensions, uintptr_t counts, uintptr_t target_at,
				 uintptr_t source_at, uintptr_t target_size, uintptr_t source_size);
void atoll_omp_taskwait(void);
void atoll_omp_out_of_memory(uintptr_t size) __attribute__((noreturn));
void atoll_omp_exit(int32_t code) __attribute__((noreturn));
uint32_t atoll_omp_processors(void);
uint32_t atoll_omp_shows_affinity(void);
int32_t atoll_omp_priority(void);
int32_t atoll_omp_teams(void);
void atoll_omp_set_teams(int32_t count);
int32_t atoll_omp_teams_limit(void);
void atoll_omp_set_teams_limit(int32_t count);
uint64_t atoll_omp_native_thread(void);
uint32_t atoll_omp_process(void);
uint32_t atoll_omp_host(uint8_t *bytes, uint32_t size);

/// The event that clang's code means: omp_fulfill_event() is for both compilers.
uint64_t atoll_kmpc_event(uint64_t name);

#endif  // ATOLL_API_H
