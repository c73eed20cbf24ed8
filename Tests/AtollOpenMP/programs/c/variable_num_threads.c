// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_NUM_THREADS=3,2
// A list of sizes, one a level; nesting follows from it.
#include "check.h"

int main(void)
{
	int outer = 0, inner = 0;

	CHECK(omp_get_max_active_levels() >= 2);
#pragma omp parallel reduction(+ : outer, inner)
	{
		outer += SOUND(1, 2);
#pragma omp parallel reduction(+ : inner)
		inner++;
	}
	CHECK(outer == 3 && inner == 6);
	return checked();
}
