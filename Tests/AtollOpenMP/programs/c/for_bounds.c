// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Strides, falling loops, empty loops, and bounds near the ends of long.
#include <limits.h>
#include "check.h"

static long count(long from, long to, long step, int chunk)
{
	long sum = 0;

#pragma omp parallel reduction(+ : sum)
	{
		if (step > 0) {
			KEY(omp for schedule(dynamic, chunk))
			for (long i = from; i < to; i += step)
				sum++;
		} else {
			KEY(omp for schedule(guided, chunk))
			for (long i = from; i > to; i += step)
				sum++;
		}
	}
	return sum;
}

int main(void)
{
	CHECK(count(0, 100, 7, 1) == 15);
	CHECK(count(100, 0, -7, 2) == 15);
	CHECK(count(-50, 51, 1, 3) == 101);
	CHECK(count(5, 5, 1, 1) == 0);
	CHECK(count(6, 5, 1, 1) == 0);
	CHECK(count(LONG_MAX - 40, LONG_MAX, 1, 4) == 40);
	CHECK(count(LONG_MIN + 40, LONG_MIN, -1, 4) == 40);
	CHECK(count(0, LONG_MAX / 2, LONG_MAX / 14, 1) == 8);
	CHECK(count(0, 10, 1, 1000000) == 10);
	return checked();
}
