// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A false condition makes a team of one, whatever else is asked for.
#include "check.h"

int main(void)
{
	for (int wanted = 0; wanted < 6; wanted++) {
		int size = 0, level = 0, active = 0;

#pragma omp parallel if (SOUND(wanted > 2, 1)) num_threads(4)
#pragma omp master
		{
			size = omp_get_num_threads();
			level = omp_get_level();
			active = omp_get_active_level();
		}
		CHECK(size == (wanted > 2 ? 4 : 1));
		CHECK(level == 1 && active == (wanted > 2));
		printf("%d: %d\n", wanted, size);
	}
	return checked();
}
