// SPDX-License-Identifier: Apache-2.0
// suite: clang
// unsigned long long: each schedule, in the upper half, up and down.
#include "check.h"

typedef unsigned long long word;

#define LOOP(schedule_text, name)                                                                                      \
	static word name(word from, word to, word step)                                                                \
	{                                                                                                              \
		word sum = 0;                                                                                          \
		_Pragma("omp parallel reduction(+ : sum)")                                                             \
		{                                                                                                      \
			SOUND(_Pragma(schedule_text), )                                                                \
			for (word i = from; i < to; i += step)                                                         \
				sum += i - from + 1;                                                                   \
			SOUND(_Pragma(schedule_text), )                                                                \
			for (word i = to; i > from; i -= step)                                                         \
				sum += to - i + 1;                                                                     \
		}                                                                                                      \
		return sum;                                                                                            \
	}

LOOP("omp for schedule(static)", by_static)
LOOP("omp for schedule(static, 3)", by_static_chunk)
LOOP("omp for schedule(dynamic, 3)", by_dynamic)
LOOP("omp for schedule(guided, 3)", by_guided)
LOOP("omp for schedule(runtime)", by_runtime)
LOOP("omp for schedule(monotonic : dynamic)", by_monotonic)

int main(void)
{
	word (*loops[])(word, word, word) = {by_static, by_static_chunk, by_dynamic,
					     by_guided, by_runtime,      by_monotonic};

	for (int loop = 0; loop < 6; loop++) {
		CHECK(loops[loop](0, 100, 1) == 2 * 5050);
		CHECK(loops[loop](~0ull - 100, ~0ull, 1) == 2 * 5050);
		CHECK(loops[loop]((1ull << 63) - 50, (1ull << 63) + 50, 1) == 2 * 5050);
		CHECK(loops[loop](~0ull - 100, ~0ull - 1, 50) == 2 * 52);
		CHECK(loops[loop](9, 9, 1) == 0);
	}
	return checked();
}
