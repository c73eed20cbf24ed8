// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Many inner teams at once, each with a loop, a single and a reduction of its own.
#include "check.h"

int main(void)
{
	long total = 0;

	omp_set_max_active_levels(3);
	for (int round = 0; round < 30; round++) {
#pragma omp parallel num_threads(2) reduction(+ : total)
		{
			long inner = 0, ones = 0;

#pragma omp parallel num_threads(2) reduction(+ : inner, ones)
			{
				KEY(omp for schedule(dynamic, 3))
				for (int i = 0; i < 50; i++)
					inner += i;
				KEY(omp single)
				ones++;
			}
			CHECK(inner == 1225 && ones == 1);
			total += inner;
		}
	}
	CHECK(total == 30L * 2 * 1225);
	printf("total %ld\n", total);
	return checked();
}
