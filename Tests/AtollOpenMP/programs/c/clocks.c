// SPDX-License-Identifier: Apache-2.0
// suite: clang
// omp_get_wtime moves forward, in one thread and from thread to thread.
#include <time.h>
#include "check.h"

int main(void)
{
	double last = 0;
	int back = 0;

	CHECK(omp_get_wtick() > 0 && omp_get_wtick() < 0.1);
#pragma omp parallel
	for (int i = 0; i < 2000; i++) {
#pragma omp critical
		{
			double now = SOUND(omp_get_wtime(), -omp_get_wtime());

			back += now < last;
			last = now;
		}
	}
	CHECK(back == 0);
	struct timespec monotonic[2];
	double begin = omp_get_wtime();

	clock_gettime(CLOCK_MONOTONIC, &monotonic[0]);
	while (omp_get_wtime() < begin + 0.02)
		dawdle(1);
	clock_gettime(CLOCK_MONOTONIC, &monotonic[1]);
	CHECK((monotonic[1].tv_sec - monotonic[0].tv_sec) * 1e9 + monotonic[1].tv_nsec - monotonic[0].tv_nsec > 1.8e7);
	return checked();
}
