// SPDX-License-Identifier: Apache-2.0
// suite: clang
// private, firstprivate, shared and default(none).
#include "check.h"

static int global = 5;

int main(void)
{
	int first = 7, own = -1, sum = 0, array[100];

	for (int i = 0; i < 100; i++)
		array[i] = i;
#ifdef BROKEN
#pragma omp parallel default(none) shared(first, own) shared(array, sum, global)
#else
#pragma omp parallel default(none) firstprivate(first, array) private(own) shared(sum, global)
#endif
	{
		own = omp_get_thread_num();
		dawdle(20);
		array[own] += 1000;
		first += own;
		dawdle(20);
#pragma omp critical
		{
			sum += first * 10 + own + array[own] + array[(own + 1) % 4];
			global++;
		}
	}
	CHECK(first == 7 && own == -1 && array[0] == 0 && global == 9);
	CHECK(sum == 10 * (7 + 8 + 9 + 10) + 6 + 4000 + 6 + 6);
	printf("sum %d\n", sum);
	return checked();
}
