// SPDX-License-Identifier: Apache-2.0
// suite: clang
// copyin: each thread begins with the master's value.
#include "check.h"

static int own;
static double table[729];
#pragma omp threadprivate(own, table)

int main(void)
{
	for (int round = 0; round < 40; round++) {
		own = round;
		for (int i = 0; i < 729; i++)
			table[i] = round + i;
#ifdef BROKEN
#pragma omp parallel
#else
#pragma omp parallel copyin(own, table)
#endif
		{
			CHECK(own == round && table[728] == round + 728);
			own = -1;
			table[728] = -1;
		}
	}
	return checked();
}
