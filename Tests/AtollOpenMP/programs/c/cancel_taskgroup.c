// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_CANCELLATION=true
// Tasks of a cancelled group that have not begun are dropped; those outside it run.
#include "check.h"

int main(void)
{
	int outside = 0;

	for (int round = 0; round < 40; round++) {
		int begun = 0;

#pragma omp parallel num_threads(4)
#pragma omp single
		{
#pragma omp task shared(outside)
#pragma omp atomic
			outside++;
#pragma omp taskgroup
			{
				for (int i = 0; i < 2000; i++)
#pragma omp task shared(begun)
				{
					int before;
#pragma omp atomic capture
					before = begun++;
					if (before == 10) {
						KEY(omp cancel taskgroup)
					}
					// The loop ends only by the cancellation.
					for (; before > 10;) {
#pragma omp cancellation point taskgroup
						dawdle(1);
						if (SOUND(0, 1))
							break;
					}
				}
			}
		}
		CHECK(begun > 10 && begun < 2000);
	}
	CHECK(outside == 40);
	return checked();
}
