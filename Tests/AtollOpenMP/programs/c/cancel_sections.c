// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_CANCELLATION=true
// Sections not yet begun are dropped.
#include "check.h"

int main(void)
{
	int late = 0, after = 0, first = 0;

#pragma omp parallel num_threads(SOUND(1, 2))
	{
#pragma omp sections
		{
#pragma omp section
			{
				first++;
				KEY(omp cancel sections)
			}
#pragma omp section
			late++;
#pragma omp section
			late++;
		}
		after++;
	}
	CHECK(first == 1 && late == 0 && after == 1);
#pragma omp parallel
	{
#pragma omp sections
		{
#pragma omp section
			{
#pragma omp cancel sections
			}
#pragma omp section
			{
#pragma omp cancellation point sections
			}
		}
#pragma omp atomic
		after++;
	}
	CHECK(after == 5);
	return checked();
}
