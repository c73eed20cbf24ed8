// SPDX-License-Identifier: Apache-2.0
// suite: clang
// No barrier, explicit or implied, is passed before the tasks made until then have run.
#include "check.h"

static int done;

int main(void)
{
	int late = 0;

#pragma omp parallel reduction(+ : late)
	for (int round = 0; round < 100; round++) {
		int seen;

#pragma omp single
		done = 0;
#pragma omp task
		{
			dawdle(3);
#pragma omp atomic
			done++;
		}
		KEY(omp barrier)
#pragma omp atomic read
		seen = done;
		late += seen != 4;
#pragma omp barrier
	}
	CHECK(late == 0);
	return checked();
}
