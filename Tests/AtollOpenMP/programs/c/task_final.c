// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Tasks made in a final task are included and final; mergeable and untied ones run as others.
#include "check.h"

int main(void)
{
	int included = 0, runs = 0;

#pragma omp parallel
#pragma omp single
	for (int i = 0; i < 50; i++) {
#pragma omp task final(SOUND(i % 2, 0)) shared(included, runs) firstprivate(i)
		{
			int me = omp_get_thread_num(), by = -1;

			CHECK(omp_in_final() == i % 2);
#pragma omp task shared(by)
			{
				CHECK(omp_in_final() == i % 2);
				by = omp_get_thread_num();
			}
			if (i % 2) {
				CHECK(by == me);
#pragma omp atomic
				included++;
			}
#pragma omp taskwait
		}
#pragma omp task untied mergeable shared(runs)
		{
#pragma omp taskyield
#pragma omp atomic
			runs++;
		}
	}
	CHECK(included == 25 && runs == 50);
	return checked();
}
