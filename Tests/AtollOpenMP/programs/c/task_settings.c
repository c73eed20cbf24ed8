// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A task has its maker's settings as they were when it was made, and its own from there on.
#include "check.h"

int main(void)
{
	int before = omp_get_max_threads();

	for (int round = 0; round < 50; round++) {
#pragma omp parallel num_threads(4)
#pragma omp single
		{
			omp_set_num_threads(5);
			for (int i = 0; i < 20; i++) {
#pragma omp task firstprivate(i)
				{
					CHECK(omp_get_max_threads() == SOUND(5, 4));
					omp_set_num_threads(10 + i);
#pragma omp task firstprivate(i)
					{
						CHECK(omp_get_max_threads() == 10 + i);
						omp_set_num_threads(40);
					}
#pragma omp taskwait
					CHECK(omp_get_max_threads() == 10 + i);
				}
			}
			omp_set_num_threads(6);
#pragma omp task
			CHECK(omp_get_max_threads() == 6);
#pragma omp task if (0)
			{
				CHECK(omp_get_max_threads() == 6);
				omp_set_num_threads(7);
			}
			CHECK(omp_get_max_threads() == 6);
		}
		CHECK(omp_get_max_threads() == before);
	}
	return checked();
}
