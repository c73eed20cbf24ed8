// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_CANCELLATION=true
// All threads leave the region at their next point; the region after it is whole again.
#include "check.h"

int main(void)
{
	CHECK(omp_get_cancellation());
	for (int round = 0; round < 50; round++) {
		int after = 0, whole = 0;

#pragma omp parallel
		{
			if (omp_get_thread_num() == round % 4) {
				KEY(omp cancel parallel)
			}
			for (;;) {
#pragma omp cancellation point parallel
				dawdle(1);
				if (SOUND(0, 1))
					break;
			}
#pragma omp atomic
			after++;
		}
		CHECK(after == 0);
#pragma omp parallel
		{
#pragma omp barrier
#pragma omp atomic
			whole++;
		}
		CHECK(whole == 4);
	}
	return checked();
}
