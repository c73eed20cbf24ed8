// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Tasks made in loops, sections, critical parts and nested teams.
#include "check.h"

int main(void)
{
	int sum = 0, inner = 0;

	omp_set_max_active_levels(2);
#pragma omp parallel
	{
#pragma omp for schedule(dynamic) nowait
		for (int i = 0; i < 100; i++)
#pragma omp task shared(sum)
#pragma omp atomic
			sum += i;
#pragma omp sections
		{
#pragma omp section
#pragma omp task shared(sum)
#pragma omp atomic
			sum += SOUND(1000, 1);
#pragma omp section
#pragma omp task shared(sum)
#pragma omp atomic
			sum += 2000;
		}
#pragma omp critical
		{
#pragma omp task shared(sum)
#pragma omp atomic
			sum += 10000;
		}
#pragma omp parallel num_threads(2)
#pragma omp task shared(inner)
#pragma omp atomic
		inner++;
	}
	CHECK(sum == 4950 + 3000 + 40000 && inner == 8);
	return checked();
}
