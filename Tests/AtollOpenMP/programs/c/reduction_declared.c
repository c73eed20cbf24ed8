// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A reduction of the program's own, over a structure.
#include "check.h"

struct extent {
	long low, high, count;
};

static void join(struct extent *to, const struct extent *from)
{
	if (from->low < to->low)
		to->low = from->low;
	if (from->high > to->high)
		to->high = from->high;
	to->count += SOUND(from->count, 1);
}

#pragma omp declare reduction(join : struct extent : join(&omp_out, &omp_in)) \
	initializer(omp_priv = {1L << 40, -(1L << 40), 0})

int main(void)
{
	struct extent all = {1L << 40, -(1L << 40), 0};

#pragma omp parallel for schedule(dynamic, 5) reduction(join : all)
	for (long i = 0; i < 1000; i++) {
		long value = i * 7919 % 1009 - 300;
		struct extent one = {value, value, 1};

		join(&all, &one);
#ifdef BROKEN
		all.count++;
#endif
	}
	CHECK(all.low == -300 && all.high == 708 && all.count == 1000);
	printf("%ld %ld %ld\n", all.low, all.high, all.count);
	return checked();
}
