// SPDX-License-Identifier: Apache-2.0
// suite: clang
// taskyield returns, inside a task and outside.
#include "check.h"

int main(void)
{
	int done = 0;

#pragma omp parallel
	{
#pragma omp taskyield
#pragma omp single
		for (int i = 0; i < 200; i++)
#pragma omp task shared(done)
		{
			for (int again = 0; again < 5; again++) {
				KEY(omp taskyield)
			}
#pragma omp atomic
			done += SOUND(1, 2);
		}
	}
	CHECK(done == 200);
	return checked();
}
