// SPDX-License-Identifier: Apache-2.0
//
// What clang's code calls for synchronisation: gcc's names under others.

#include <stdlib.h>
#include <string.h>

#include "atoll_core.h"
#include "atoll_image.h"
#include "atoll_ompt.h"
#include "kmpc.h"

#define HERE struct ident *where, int32_t global
#define UNUSED (void)where, (void)global

// ompt_sync_region_t: what is not the barrier construct ends another one.
enum { IS_IMPLIED = 0x40, EXPLICIT = 3, IMPLEMENTATION = 4, IMPLICIT = 8 };

static void tell_kind(const struct ident *where)
{
	if (atoll_ompt_is_on())
		atoll_ompt_next_barrier(where && where->flags & IS_IMPLIED ? IMPLICIT : EXPLICIT);
}

static void own_barrier(void)
{
	if (atoll_ompt_is_on())
		atoll_ompt_next_barrier(IMPLEMENTATION);
	GOMP_barrier();
}

void __kmpc_barrier(HERE)
{
	UNUSED;
	tell_kind(where);
	GOMP_barrier();
}

int32_t __kmpc_cancel_barrier(HERE)
{
	UNUSED;
	tell_kind(where);
	return GOMP_barrier_cancel();
}

int32_t __kmpc_masked(HERE, int32_t filter)
{
	bool is_me = omp_get_thread_num() == filter;

	UNUSED;
	if (is_me && atoll_ompt_is_on())
		atoll_ompt_masked(OMPT_BEGIN);
	return is_me;
}

void __kmpc_end_masked(HERE)
{
	UNUSED;
	if (atoll_ompt_is_on())
		atoll_ompt_masked(OMPT_END);
}

int32_t __kmpc_master(HERE) { return __kmpc_masked(where, global, 0); }
void __kmpc_end_master(HERE) { __kmpc_end_masked(where, global); }

int32_t __kmpc_single(HERE) { UNUSED; return GOMP_single_start(); }
void __kmpc_end_single(HERE)
{
	UNUSED;
	if (atoll_ompt_is_on())
		atoll_ompt_work_end();
}

void __kmpc_scope(HERE, void *reductions) { UNUSED, (void)reductions; }
void __kmpc_end_scope(HERE, void *reductions) { UNUSED, (void)reductions; }
void __kmpc_ordered(HERE) { UNUSED; GOMP_ordered_start(); }
void __kmpc_end_ordered(HERE) { UNUSED; GOMP_ordered_end(); }
void __kmpc_flush(struct ident *where)
{
	(void)where;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (atoll_ompt_is_on())
		atoll_ompt_flush();
}
void __kmpc_atomic_start(void) { GOMP_atomic_start(); }
void __kmpc_atomic_end(void) { GOMP_atomic_end(); }

// 32 bytes, zero at first: a word of it is what gcc's have.
void __kmpc_critical(HERE, void **name) { UNUSED; GOMP_critical_name_start(name); }
void __kmpc_end_critical(HERE, void **name) { UNUSED; GOMP_critical_name_end(name); }
void __kmpc_critical_with_hint(HERE, void **name, uint32_t hint)
{
	UNUSED, (void)hint;
	GOMP_critical_name_start(name);
}

// Each thread adds its own under a lock: "1" is that answer.
int32_t __kmpc_reduce_nowait(HERE, int32_t count, size_t size, void *data,
			     void (*combine)(void *, void *), void **name)
{
	UNUSED, (void)count, (void)size, (void)data, (void)combine;
	if (atoll_ompt_is_on())
		atoll_ompt_reduction(OMPT_BEGIN);
	atoll_core_lock((uint64_t)name);
	return 1;
}

void __kmpc_end_reduce_nowait(HERE, void **name)
{
	UNUSED;
	atoll_core_unlock((uint64_t)name);
	if (atoll_ompt_is_on())
		atoll_ompt_reduction(OMPT_END);
}

int32_t __kmpc_reduce(HERE, int32_t count, size_t size, void *data,
		      void (*combine)(void *, void *), void **name)
{
	return __kmpc_reduce_nowait(where, global, count, size, data, combine, name);
}

void __kmpc_end_reduce(HERE, void **name)
{
	__kmpc_end_reduce_nowait(where, global, name);
	if (atoll_ompt_is_on())
		atoll_ompt_next_barrier(IMPLICIT);
	GOMP_barrier();
}

// A cell that all threads of the team know; whoever has run the single construct writes it.
static void **cell(bool *is_mine)
{
	void **cell = (void **)atoll_core_copy_start();

	*is_mine = cell == NULL;
	if (*is_mine) {
		cell = calloc(1, sizeof(*cell));
		atoll_core_copy_end((uint64_t)cell);
	}
	return cell;
}

void __kmpc_copyprivate(HERE, size_t size, void *data, void (*copy)(void *, void *), int32_t is_done)
{
	bool is_mine;
	void **shared = cell(&is_mine);

	UNUSED, (void)size;
	if (is_done)
		*shared = data;
	own_barrier();
	if (!is_done)
		copy(data, *shared);
	// The data lie on the stack of the thread that has run it.
	own_barrier();
	if (is_mine)
		free(shared);
}

void *__kmpc_copyprivate_light(HERE, void *data)
{
	bool is_mine;
	void **shared = cell(&is_mine), *result;

	UNUSED;
	if (data)
		*shared = data;
	own_barrier();
	result = *shared;
	own_barrier();
	if (is_mine)
		free(shared);
	return result;
}

// Kinds: parallel, loop, sections, taskgroup; gcc has a bit for each.
static int which(int32_t kind) { return kind >= 1 && kind <= 4 ? 1 << (kind - 1) : 0; }

int32_t __kmpc_cancel(HERE, int32_t kind) { UNUSED; return GOMP_cancel(which(kind), true); }
int32_t __kmpc_cancellationpoint(HERE, int32_t kind)
{
	UNUSED;
	return GOMP_cancellation_point(which(kind));
}

// ------------------------------------------------------------------------------------- doacross

// One for a loop of the team: a byte for each iteration that has been posted.
struct doacross {
	uint64_t users;
	int32_t dimensions;
	struct dimension space[8];
	uint64_t total;
	uint8_t posted[];
};

static uint64_t trips(const struct dimension *space)
{
	if (space->step > 0)
		return space->high < space->low ? 0 :
			(uint64_t)(space->high - space->low) / (uint64_t)space->step + 1;
	return space->low < space->high ? 0 :
		(uint64_t)(space->low - space->high) / (uint64_t)-space->step + 1;
}

void __kmpc_doacross_init(HERE, int32_t dimensions, const struct dimension *space)
{
	struct doacross *all = (struct doacross *)atoll_core_copy_start();

	UNUSED;
	if (all == NULL) {
		uint64_t total = 1;

		if (dimensions > 8)
			atoll_image_fail(126, "a loop with ordered() of more than 8 dimensions");
		for (int32_t each = 0; each < dimensions; each++)
			total *= trips(&space[each]);
		all = calloc(1, sizeof(*all) + total);
		if (all == NULL)
			atoll_image_fail(126, "no memory for a loop with ordered()");
		all->users = (uint64_t)omp_get_num_threads();
		all->dimensions = dimensions;
		all->total = total;
		memcpy(all->space, space, (size_t)dimensions * sizeof(*space));
		atoll_core_copy_end((uint64_t)all);
	}
	atoll_kmpc_loop()->doacross = all;
}

static uint8_t *iteration(struct doacross *all, const int64_t *vector)
{
	uint64_t index = 0;

	for (int32_t each = 0; each < all->dimensions; each++) {
		const struct dimension *space = &all->space[each];
		int64_t way = space->step > 0 ? vector[each] - space->low :
						space->low - vector[each];
		uint64_t step = (uint64_t)(space->step > 0 ? space->step : -space->step);
		uint64_t count = trips(space);

		// One that does not exist: nobody waits for it.
		if (way < 0 || (uint64_t)way / step >= count)
			return NULL;
		index = index * count + (uint64_t)way / step;
	}
	return &all->posted[index];
}

void __kmpc_doacross_post(HERE, const int64_t *vector)
{
	struct doacross *all = atoll_kmpc_loop()->doacross;
	uint8_t *word = all ? iteration(all, vector) : NULL;

	UNUSED;
	if (!word)
		return;
	__atomic_store_n(word, 1, __ATOMIC_RELEASE);
	if (atoll_has_doorbell())
		atoll_bell_rouse();
}

void __kmpc_doacross_wait(HERE, const int64_t *vector)
{
	struct doacross *all = atoll_kmpc_loop()->doacross;
	uint8_t *word = all ? iteration(all, vector) : NULL;

	UNUSED;
	if (word && !__atomic_load_n(word, __ATOMIC_ACQUIRE))
		atoll_kmpc_wait_byte((uint64_t)word);
}

void __kmpc_doacross_fini(HERE)
{
	struct kmpc_loop *loop = atoll_kmpc_loop();
	struct doacross *all = loop->doacross;

	UNUSED;
	loop->doacross = NULL;
	if (all && __atomic_sub_fetch(&all->users, 1, __ATOMIC_ACQ_REL) == 0)
		free(all);
}
