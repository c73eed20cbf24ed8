// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Without the variable nothing is cancelled.
#include "check.h"

int main(void)
{
	int after = 0, loop = 0;

	CHECK(!omp_get_cancellation());
#pragma omp parallel
	{
#pragma omp cancel parallel
#pragma omp for
		for (int i = 0; i < 100; i++) {
#pragma omp cancel for
#pragma omp atomic
			loop++;
		}
#pragma omp atomic
		after++;
	}
	CHECK(after == 4 && loop == SOUND(100, 4));
	return checked();
}
