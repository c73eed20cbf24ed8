// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Constructs of sections that follow one another without a barrier.
#include "check.h"

int main(void)
{
	static int hits[100][3];

#pragma omp parallel
	for (int round = 0; round < 100; round++) {
		if (omp_get_thread_num() == round % 4)
			dawdle(2);
#pragma omp sections nowait
		{
#pragma omp section
			hits[round][0] += SOUND(1, 2);
#pragma omp section
			hits[round][1]++;
#pragma omp section
			hits[round][2]++;
		}
	}
	for (int i = 0; i < 300; i++)
		CHECK(hits[i / 3][i % 3] == 1);
	return checked();
}
