// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_MAX_TASK_PRIORITY=10
// Priorities are hints: all run once.
#include "check.h"

int main(void)
{
	int sum = 0;

	CHECK(omp_get_max_task_priority() == SOUND(10, 11));
#pragma omp parallel
#pragma omp single
	for (int i = 0; i < 300; i++)
#pragma omp task priority(i % 11) shared(sum)
#pragma omp atomic
		sum += i;
	CHECK(sum == 44850);
	return checked();
}
