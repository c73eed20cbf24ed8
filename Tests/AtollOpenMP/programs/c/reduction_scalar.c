// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Each operator on a scalar, alone.
#include "check.h"

#ifdef BROKEN
#define FOR(operator) _Pragma("omp parallel for firstprivate(value)")
#else
#define FOR(operator) PRAGMA(omp parallel for reduction(operator : value))
#define PRAGMA(...) _Pragma(#__VA_ARGS__)
#endif

#define REDUCE(operator, type, start, step, name)                                                                      \
	static type name(void)                                                                                         \
	{                                                                                                              \
		type value = start;                                                                                    \
		FOR(operator)                                                                                           \
		for (int i = 1; i <= 60; i++)                                                                          \
			step;                                                                                          \
		return value;                                                                                          \
	}

REDUCE(+, long, 10, value += i, add)
REDUCE(-, long, 10, value -= i, subtract)
REDUCE(*, double, 1, value *= 1.5, multiply)
REDUCE(&, unsigned, ~0u, value &= ~(1u << (i % 30)), both)
REDUCE(|, unsigned, 0, value |= 1u << (i % 29), either)
REDUCE(^, unsigned, 99, value ^= (unsigned)i * 2654435761u, differ)
REDUCE(&&, int, 1, value = value && i < 60, all)
REDUCE(||, int, 0, value = value || i == 60, any)
REDUCE(max, float, -1, value = value > (i * 37 % 61) ? value : (i * 37 % 61), largest)
REDUCE(min, short, 900, value = value < 61 - i ? value : (short)(61 - i), smallest)

int main(void)
{
	unsigned mixed = 99;

	for (unsigned i = 1; i <= 60; i++)
		mixed ^= i * 2654435761u;
	CHECK(add() == 1840);
	CHECK(subtract() == 10 - 1830);
	CHECK(multiply() > 3.67e10 && multiply() < 3.69e10);
	CHECK(both() == 0xc0000000u);
	CHECK(either() == 0x1fffffffu);
	CHECK(differ() == mixed);
	CHECK(all() == 0 && any() == 1);
	CHECK(largest() == 60 && smallest() == 1);
	return checked();
}
