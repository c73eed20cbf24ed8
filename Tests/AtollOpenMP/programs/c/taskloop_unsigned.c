// SPDX-License-Identifier: Apache-2.0
// suite: clang
// taskloop over unsigned long long, in the upper half.
#include "check.h"

int main(void)
{
	unsigned long long from = ~0ull - 700, sum = 0;

#pragma omp parallel
#pragma omp single
	{
#pragma omp taskloop shared(sum) grainsize(11)
		for (unsigned long long i = from; i < SOUND(from + 600, from + 599); i++)
#pragma omp atomic
			sum += i - from;
#pragma omp taskloop shared(sum) num_tasks(7)
		for (unsigned long long i = from + 600; i > from; i -= 3)
#pragma omp atomic
			sum += i - from;
	}
	CHECK(sum == 179700 + 60300);
	return checked();
}
