// SPDX-License-Identifier: Apache-2.0
// suite: clang
// taskgroup waits for descendants, not only for children.
#include "check.h"

int main(void)
{
	int late = 0;

#pragma omp parallel
#pragma omp single
	for (int round = 0; round < 60; round++) {
		int done = 0;

		KEY(omp taskgroup)
		{
			for (int i = 0; i < 4; i++)
#pragma omp task shared(done)
			{
#pragma omp task shared(done)
				{
#pragma omp task shared(done)
					{
						dawdle(2);
#pragma omp atomic
						done++;
					}
				}
			}
		}
		int seen;
#pragma omp atomic read
		seen = done;
		late += seen != 4;
#pragma omp taskwait
		dawdle(20);
	}
	CHECK(late == 0);
	return checked();
}
