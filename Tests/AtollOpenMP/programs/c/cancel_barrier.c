// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_CANCELLATION=true
// A thread that waits at a barrier of a cancelled region leaves it.
#include "check.h"

int main(void)
{
	for (int round = 0; round < 50; round++) {
		int after = 0;

#pragma omp parallel
		{
			if (omp_get_thread_num() == 3) {
				dawdle(5);
				KEY(omp cancel parallel)
			}
#pragma omp barrier
#pragma omp atomic
			after++;
		}
		CHECK(after == 0);
	}
	return checked();
}
