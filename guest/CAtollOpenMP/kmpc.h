// SPDX-License-Identifier: Apache-2.0
//
// What clang's code hands over (LLVM's openmp/runtime/src/kmp.h describes it), and the entry points of
// gcc's on which all of it is built here.

#ifndef ATOLL_KMPC_H
#define ATOLL_KMPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ident {
	int32_t reserved_1;
	int32_t flags;
	int32_t reserved_2;
	int32_t reserved_3;
	const char *source;
};

typedef void (*kmpc_micro)(int32_t *global, int32_t *bound, ...);

struct task;
typedef int32_t (*kmpc_routine)(int32_t global, struct task *task);

struct task {
	void *shareds;
	kmpc_routine routine;
	int32_t part;
	union {
		int32_t priority;
		kmpc_routine destructors;
	} first, second;
	// Of taskloop alone:
	uint64_t low, high;
	int64_t step;
	int32_t is_last;
	void *reductions;
};

struct dependence {
	uintptr_t address;
	size_t length;
	uint8_t kind;
};

struct dimension {
	int64_t low, high, step;
};

// libgomp_g.h's, in gcc's terms.
void GOMP_parallel(void (*function)(void *), void *data, unsigned threads, unsigned flags);
void GOMP_parallel_start(void (*function)(void *), void *data, unsigned threads);
void GOMP_parallel_end(void);
void GOMP_teams_reg(void (*function)(void *), void *data, unsigned teams, unsigned limit,
		    unsigned flags);
void GOMP_barrier(void);
bool GOMP_barrier_cancel(void);
bool GOMP_cancel(int which, bool is_wanted);
bool GOMP_cancellation_point(int which);
void GOMP_critical_name_start(void **name);
void GOMP_critical_name_end(void **name);
bool GOMP_single_start(void);
void *GOMP_single_copy_start(void);
void GOMP_single_copy_end(void *data);
void GOMP_ordered_start(void);
void GOMP_ordered_end(void);
void GOMP_atomic_start(void);
void GOMP_atomic_end(void);
void GOMP_loop_end_nowait(void);
void GOMP_task(void (*function)(void *), void *data, void (*copy)(void *, void *), long bytes,
	       long alignment, bool is_deferrable, unsigned flags, void **depend, int priority,
	       void *event);
void GOMP_taskwait(void);
void GOMP_taskwait_depend(void **depend);
void GOMP_taskyield(void);
void GOMP_taskgroup_start(void);
void GOMP_taskgroup_end(void);

int32_t omp_get_thread_num(void);
int32_t omp_get_num_threads(void);
int32_t omp_get_team_num(void);
int32_t omp_get_num_teams(void);

/// The number of the calling thread, of all that the program has.
int32_t __kmpc_global_thread_num(struct ident *where);

/// Runs a region's function with the two numbers and `count` arguments, of which there is room for four.
void atoll_kmpc_invoke(kmpc_micro function, int32_t *global, int32_t *bound, int32_t count,
		       void **arguments);

/// The loop that a thread is in. A region that it forks meanwhile has loops of its own.
struct kmpc_loop {
	const struct kmpc_loop_kind *kind;
	int64_t first, low, high, last, step;
	bool has_low;      // `low` and `high` are still to be given out
	bool is_unsigned;
	struct doacross *doacross;
};
struct kmpc_loop *atoll_kmpc_loop(void);

/// Until the byte at an address is not zero.
void atoll_kmpc_wait_byte(uint64_t address);

void __kmpc_taskgroup(struct ident *where, int32_t global);
void __kmpc_end_taskgroup(struct ident *where, int32_t global);

/// What the tasks that run on this thread reduce into from now on; gives what it was.
struct reductions *atoll_kmpc_set_reductions(struct reductions *next);

#endif  // ATOLL_KMPC_H
