// SPDX-License-Identifier: Apache-2.0
//
// Loops of clang's code whose iterations are dealt out: as gcc's entry points have them, one name for
// each kind.

#include <limits.h>

#include "kmpc.h"

// enum sched_type, without the bits of the modifiers.
enum {
	STATIC_CHUNKED = 33,
	STATIC = 34,
	DYNAMIC = 35,
	GUIDED = 36,
	RUNTIME = 37,
	AUTO = 38,
	STATIC_BALANCED_CHUNKED = 45,
	ORDERED = 32, // is added to those above
	MONOTONIC = 1 << 29,
};
#define WITHOUT_MODIFIERS 0x1fffffff

typedef unsigned long long wide;

// (A loop of 8 bytes, unsigned, has names of its own: its bounds fit in no long.)
struct kmpc_loop_kind {
	bool (*start)(long, long, long, long, long *, long *);
	bool (*next)(long *, long *);
	bool (*start_wide)(bool, wide, wide, wide, wide, wide *, wide *);
	bool (*next_wide)(wide *, wide *);
};

#define DECLARE(name) \
	bool GOMP_loop_##name##_start(long, long, long, long, long *, long *); \
	bool GOMP_loop_##name##_next(long *, long *); \
	bool GOMP_loop_ull_##name##_start(bool, wide, wide, wide, wide, wide *, wide *); \
	bool GOMP_loop_ull_##name##_next(wide *, wide *);
#define DECLARE_RUNTIME(name) \
	bool GOMP_loop_##name##_start(long, long, long, long *, long *); \
	bool GOMP_loop_##name##_next(long *, long *); \
	bool GOMP_loop_ull_##name##_start(bool, wide, wide, wide, wide *, wide *); \
	bool GOMP_loop_ull_##name##_next(wide *, wide *); \
	static bool name##_start(long low, long high, long step, long chunk, long *from, long *to) \
	{ \
		(void)chunk; \
		return GOMP_loop_##name##_start(low, high, step, from, to); \
	} \
	static bool name##_start_wide(bool is_up, wide low, wide high, wide step, wide chunk, \
				      wide *from, wide *to) \
	{ \
		(void)chunk; \
		return GOMP_loop_ull_##name##_start(is_up, low, high, step, from, to); \
	}
#define KIND(name) \
	{ GOMP_loop_##name##_start, GOMP_loop_##name##_next, \
	  GOMP_loop_ull_##name##_start, GOMP_loop_ull_##name##_next }
#define KIND_RUNTIME(name) \
	{ name##_start, GOMP_loop_##name##_next, name##_start_wide, GOMP_loop_ull_##name##_next }

DECLARE(static)
DECLARE(dynamic)
DECLARE(guided)
DECLARE(nonmonotonic_dynamic)
DECLARE(nonmonotonic_guided)
DECLARE(ordered_static)
DECLARE(ordered_dynamic)
DECLARE(ordered_guided)
DECLARE_RUNTIME(runtime)
DECLARE_RUNTIME(maybe_nonmonotonic_runtime)
DECLARE_RUNTIME(ordered_runtime)

enum { PLAIN_STATIC, PLAIN_DYNAMIC, PLAIN_GUIDED, PLAIN_RUNTIME, FREE_DYNAMIC, FREE_GUIDED,
       FREE_RUNTIME, IN_ORDER_STATIC, IN_ORDER_DYNAMIC, IN_ORDER_GUIDED, IN_ORDER_RUNTIME };
static const struct kmpc_loop_kind kinds[] = {
	[PLAIN_STATIC] = KIND(static),
	[PLAIN_DYNAMIC] = KIND(dynamic),
	[PLAIN_GUIDED] = KIND(guided),
	[PLAIN_RUNTIME] = KIND_RUNTIME(runtime),
	[FREE_DYNAMIC] = KIND(nonmonotonic_dynamic),
	[FREE_GUIDED] = KIND(nonmonotonic_guided),
	[FREE_RUNTIME] = KIND_RUNTIME(maybe_nonmonotonic_runtime),
	[IN_ORDER_STATIC] = KIND(ordered_static),
	[IN_ORDER_DYNAMIC] = KIND(ordered_dynamic),
	[IN_ORDER_GUIDED] = KIND(ordered_guided),
	[IN_ORDER_RUNTIME] = KIND_RUNTIME(ordered_runtime),
};

static const struct kmpc_loop_kind *kind_of(int32_t schedule, bool is_in_doacross, int64_t *chunk)
{
	// A loop of iterations that wait for one another needs them dealt out in their order.
	bool is_free = !(schedule & MONOTONIC) && !is_in_doacross;
	int32_t kind = schedule & WITHOUT_MODIFIERS;
	bool is_ordered = kind > ORDERED + 32 && kind < ORDERED + 32 + 13;

	if (is_ordered)
		kind -= ORDERED;
	switch (kind) {
	case DYNAMIC:
		return &kinds[is_ordered ? IN_ORDER_DYNAMIC : is_free ? FREE_DYNAMIC : PLAIN_DYNAMIC];
	case GUIDED:
		return &kinds[is_ordered ? IN_ORDER_GUIDED : is_free ? FREE_GUIDED : PLAIN_GUIDED];
	case RUNTIME:
		return &kinds[is_ordered ? IN_ORDER_RUNTIME : is_free ? FREE_RUNTIME : PLAIN_RUNTIME];
	case STATIC:
	case AUTO:
		*chunk = 0;
		break;
	}
	return &kinds[is_ordered ? IN_ORDER_STATIC : PLAIN_STATIC];
}

// Bounds are inclusive; gcc's end is the first that is not run.
static void begin(int32_t schedule, int64_t low, int64_t high, int64_t step, int64_t chunk,
		  bool is_wide)
{
	struct kmpc_loop *loop = atoll_kmpc_loop();

	loop->kind = kind_of(schedule, loop->doacross != NULL, &chunk);
	loop->step = step;
	loop->first = low;
	loop->last = high;
	loop->is_unsigned = is_wide;
	if (is_wide) {
		wide from = 0, to = 0;

		loop->has_low = loop->kind->start_wide(step > 0, (wide)low,
						       (wide)high + (step > 0 ? 1 : -1),
						       (wide)step, (wide)chunk, &from, &to);
		loop->low = (int64_t)from;
		loop->high = (int64_t)to;
	} else {
		long from = 0, to = 0;

		loop->has_low = loop->kind->start(low, high + (step > 0 ? 1 : -1), step, chunk,
						  &from, &to);
		loop->low = from;
		loop->high = to;
	}
}

// False: this thread has had all its iterations.
static bool next(int32_t *is_last, int64_t *low, int64_t *high, int64_t *step)
{
	struct kmpc_loop *loop = atoll_kmpc_loop();
	bool is_up = loop->step > 0;
	int64_t after;

	if (loop->kind == NULL)
		return false;
	if (loop->has_low) {
		loop->has_low = false;
	} else if (loop->is_unsigned) {
		wide from = 0, to = 0;

		if (!loop->kind->next_wide(&from, &to))
			goto end;
		loop->low = (int64_t)from;
		loop->high = (int64_t)to;
	} else {
		long from = 0, to = 0;

		if (!loop->kind->next(&from, &to))
			goto end;
		loop->low = from;
		loop->high = to;
	}
	*low = loop->low;
	*high = loop->high - (is_up ? 1 : -1);
	*step = loop->step;
	// The next iteration would be past the end.
	after = *low + (int64_t)(((wide)(is_up ? *high - *low : *low - *high) /
				  (wide)(is_up ? loop->step : -loop->step)) *
				 (wide)loop->step) + loop->step;
	if (is_last)
		*is_last = loop->is_unsigned ?
			(is_up ? (wide)after > (wide)loop->last : (wide)after < (wide)loop->last ||
				(wide)after > (wide)loop->first) :
			(is_up ? after > loop->last : after < loop->last);
	return true;
end:
	loop->kind = NULL;
	GOMP_loop_end_nowait();
	return false;
}

#define DISPATCHES(suffix, type, signed_type, is_wide) \
	void __kmpc_dispatch_init_##suffix(struct ident *where, int32_t global, int32_t schedule, \
					   type low, type high, signed_type step, \
					   signed_type chunk) \
	{ \
		(void)where, (void)global; \
		begin(schedule, (int64_t)low, (int64_t)high, step, chunk, is_wide); \
	} \
	int32_t __kmpc_dispatch_next_##suffix(struct ident *where, int32_t global, \
					      int32_t *is_last, type *low, type *high, \
					      signed_type *step) \
	{ \
		int64_t from, to, by; \
 \
		(void)where, (void)global; \
		if (!next(is_last, &from, &to, &by)) \
			return 0; \
		*low = (type)from; \
		*high = (type)to; \
		*step = (signed_type)by; \
		return 1; \
	} \
	void __kmpc_dispatch_fini_##suffix(struct ident *where, int32_t global) \
	{ \
		(void)where, (void)global; \
	}

DISPATCHES(4, int32_t, int32_t, false)
DISPATCHES(4u, uint32_t, int32_t, false)
DISPATCHES(8, int64_t, int64_t, false)
DISPATCHES(8u, uint64_t, int64_t, true)

void __kmpc_dispatch_deinit(struct ident *where, int32_t global)
{
	(void)where, (void)global;
	atoll_kmpc_loop()->kind = NULL;
}
