// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Tasks of one producer: each runs once, with the values of its making, before the barrier ends.
#include "check.h"
#include <string.h>

int main(void)
{
	static int hits[1000];
	long sum = 0;

	memset(hits, 0, sizeof(hits));
#pragma omp parallel
#pragma omp single
	for (int i = 0; i < 1000; i++) {
		int square = i * i;

		KEY(omp task shared(sum) firstprivate(i, square))
		{
#pragma omp atomic
			sum += square + SOUND(0, 1);
			hits[i]++;
			i = -1;
		}
	}
	for (int i = 0; i < 1000; i++)
		CHECK(hits[i] == 1);
	CHECK(sum == 332833500);
	printf("%ld\n", sum);
	return checked();
}
