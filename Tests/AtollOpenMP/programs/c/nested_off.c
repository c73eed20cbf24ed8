// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_MAX_ACTIVE_LEVELS=1
// Above the permitted number of active levels a team has one thread.
#include "check.h"

int main(void)
{
	int inner = 0;

#ifdef BROKEN
	omp_set_max_active_levels(2);
#endif
#pragma omp parallel num_threads(2) reduction(+ : inner)
	{
#pragma omp parallel num_threads(3) reduction(+ : inner)
		{
			inner++;
			CHECK(omp_get_level() == 2 && omp_get_active_level() == 1);
		}
	}
	CHECK(inner == 2);
	return checked();
}
