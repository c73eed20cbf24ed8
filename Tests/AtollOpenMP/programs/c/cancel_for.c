// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_CANCELLATION=true
// A loop ends early; what comes after it runs in every thread.
#include "check.h"

int main(void)
{
	for (int round = 0; round < 30; round++) {
		int done = 0, after = 0, fixed = 0;

#pragma omp parallel
		{
#pragma omp for schedule(dynamic)
			for (int i = 0; i < 100000; i++) {
#pragma omp atomic
				done++;
				if (i == 500) {
					KEY(omp cancel for)
				}
#pragma omp cancellation point for
			}
#pragma omp atomic
			after++;
#pragma omp for schedule(static)
			for (int i = 0; i < 4000; i++) {
#pragma omp atomic
				fixed++;
				if (i % 1000 == 10) {
					KEY(omp cancel for)
				}
			}
		}
		CHECK(done >= 501 && done < 100000);
		CHECK(after == 4);
		CHECK(fixed >= 11 && fixed <= 44);
	}
	return checked();
}
