// SPDX-License-Identifier: Apache-2.0
//
// Static loops of clang's code: each thread computes its own share, nobody talks to anybody.

#include "atoll_ompt.h"
#include "kmpc.h"

// What a loop stands for, as the compiler says it: an ompt_work_t.
enum { IS_SECTIONS = 0x400, IS_DISTRIBUTE = 0x800 };

static void tell(const struct ident *where, uint64_t trips)
{
	int32_t flags = where ? where->flags : 0;

	atoll_ompt_work(flags & IS_SECTIONS ? 2 : flags & IS_DISTRIBUTE ? 6 : 1, OMPT_BEGIN,
			trips);
}

// enum sched_type, without the bits of the modifiers.
enum {
	STATIC_CHUNKED = 33,
	STATIC = 34,
	STATIC_BALANCED_CHUNKED = 45,
	DISTRIBUTE_CHUNKED = 91,
	DISTRIBUTE = 92,
};
#define WITHOUT_MODIFIERS 0x1fffffff

// Bounds are inclusive. `low` above `high` (in the loop's direction) is no iteration; a share that has
// none gets such bounds.
#define STATIC_LOOPS(suffix, type, unsigned_type, signed_type) \
	static unsigned_type trips_##suffix(type low, type high, signed_type step) \
	{ \
		if (step == 1) \
			return low > high ? 0 : (unsigned_type)high - (unsigned_type)low + 1; \
		if (step == -1) \
			return low < high ? 0 : (unsigned_type)low - (unsigned_type)high + 1; \
		if (step > 0) \
			return low > high ? 0 : ((unsigned_type)high - (unsigned_type)low) / \
					(unsigned_type)step + 1; \
		return low < high ? 0 : ((unsigned_type)low - (unsigned_type)high) / \
				((unsigned_type)0 - (unsigned_type)step) + 1; \
	} \
 \
	/* The part of `number` of `count`, of one run each; longer runs first. */ \
	static void block_##suffix(unsigned_type number, unsigned_type count, int32_t *is_last, \
				   type *low, type *high, signed_type step) \
	{ \
		unsigned_type trips = trips_##suffix(*low, *high, step); \
		unsigned_type each = trips / count, more = trips % count; \
		unsigned_type begin = number * each + (number < more ? number : more); \
		unsigned_type size = each + (number < more); \
		type first = *low; \
 \
		if (is_last) \
			*is_last = size > 0 && begin + size == trips; \
		if (size == 0) { \
			/* None: bounds that cannot wrap around. */ \
			*low = step > 0 ? 1 : 0; \
			*high = step > 0 ? 0 : 1; \
			return; \
		} \
		*low = (type)((unsigned_type)first + begin * (unsigned_type)step); \
		*high = (type)((unsigned_type)*low + (size - 1) * (unsigned_type)step); \
	} \
 \
	static void chunk_##suffix(unsigned_type number, unsigned_type count, int32_t *is_last, \
				   type *low, type *high, signed_type *stride, signed_type step, \
				   signed_type chunk) \
	{ \
		unsigned_type trips = trips_##suffix(*low, *high, step); \
		unsigned_type size = chunk < 1 ? 1 : (unsigned_type)chunk; \
		unsigned_type span = size * (unsigned_type)step; \
 \
		*stride = (signed_type)(span * count); \
		if (is_last) \
			*is_last = trips > 0 && (trips - 1) / size % count == number; \
		*low = (type)((unsigned_type)*low + span * number); \
		*high = (type)((unsigned_type)*low + span - (unsigned_type)step); \
	} \
 \
	static void share_##suffix(unsigned_type number, unsigned_type count, bool is_chunked, \
				   int32_t *is_last, type *low, type *high, signed_type *stride, \
				   signed_type step, signed_type chunk) \
	{ \
		unsigned_type trips = trips_##suffix(*low, *high, step); \
 \
		if (trips == 0) { \
			if (is_last) \
				*is_last = 0; \
			*stride = step; \
		} else if (is_chunked) { \
			chunk_##suffix(number, count, is_last, low, high, stride, step, chunk); \
		} else { \
			*stride = (signed_type)(trips * (unsigned_type)step); \
			block_##suffix(number, count, is_last, low, high, step); \
		} \
	} \
 \
	void __kmpc_for_static_init_##suffix(struct ident *where, int32_t global, int32_t kind, \
					     int32_t *is_last, type *low, type *high, \
					     signed_type *stride, signed_type step, \
					     signed_type chunk) \
	{ \
		bool is_distributed; \
 \
		(void)where, (void)global; \
		if (atoll_ompt_is_on()) \
			tell(where, trips_##suffix(*low, *high, step)); \
		kind &= WITHOUT_MODIFIERS; \
		is_distributed = kind == DISTRIBUTE || kind == DISTRIBUTE_CHUNKED; \
		share_##suffix((unsigned_type)(is_distributed ? omp_get_team_num() : \
								omp_get_thread_num()), \
			       (unsigned_type)(is_distributed ? omp_get_num_teams() : \
								omp_get_num_threads()), \
			       kind != STATIC && kind != DISTRIBUTE, is_last, low, high, stride, \
			       step, chunk); \
	} \
 \
	void __kmpc_dist_for_static_init_##suffix(struct ident *where, int32_t global, \
						  int32_t kind, int32_t *is_last, type *low, \
						  type *high, type *team_high, \
						  signed_type *stride, signed_type step, \
						  signed_type chunk) \
	{ \
		int32_t is_last_team = 0; \
 \
		(void)where, (void)global; \
		if (atoll_ompt_is_on()) \
			tell(where, trips_##suffix(*low, *high, step)); \
		block_##suffix((unsigned_type)omp_get_team_num(), \
			       (unsigned_type)omp_get_num_teams(), &is_last_team, low, high, step); \
		*team_high = *high; \
		share_##suffix((unsigned_type)omp_get_thread_num(), \
			       (unsigned_type)omp_get_num_threads(), \
			       (kind & WITHOUT_MODIFIERS) != STATIC, is_last, low, high, stride, \
			       step, chunk); \
		if (is_last) \
			*is_last = *is_last && is_last_team; \
	} \
 \
	void __kmpc_team_static_init_##suffix(struct ident *where, int32_t global, \
					      int32_t *is_last, type *low, type *high, \
					      signed_type *stride, signed_type step, \
					      signed_type chunk) \
	{ \
		(void)where, (void)global; \
		share_##suffix((unsigned_type)omp_get_team_num(), \
			       (unsigned_type)omp_get_num_teams(), true, is_last, low, high, \
			       stride, step, chunk); \
	}

STATIC_LOOPS(4, int32_t, uint32_t, int32_t)
STATIC_LOOPS(4u, uint32_t, uint32_t, int32_t)
STATIC_LOOPS(8, int64_t, uint64_t, int64_t)
STATIC_LOOPS(8u, uint64_t, uint64_t, int64_t)

void __kmpc_for_static_fini(struct ident *where, int32_t global)
{
	(void)where, (void)global;
	if (atoll_ompt_is_on())
		atoll_ompt_work_end();
}
