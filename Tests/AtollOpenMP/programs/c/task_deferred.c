// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A task is run by another thread while its maker waits for it outside the tasking constructs.
#include "check.h"

int main(void)
{
	int by = -1, maker = -1, done = 0;

#pragma omp parallel num_threads(4)
#pragma omp single
	{
		maker = omp_get_thread_num();
		KEY(omp task shared(by, done))
		{
			by = omp_get_thread_num();
#pragma omp atomic write release
			done = 1;
		}
		for (int seen = 0; !seen; dawdle(1)) {
#pragma omp atomic read acquire
			seen = done;
		}
	}
	CHECK(by >= 0 && by != maker);
	return checked();
}
