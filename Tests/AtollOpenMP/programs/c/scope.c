// SPDX-License-Identifier: Apache-2.0
// suite: clang
// scope: a reduction of the team without a loop.
#include "check.h"

int main(void)
{
	int sum = 0, twice = 0;

#pragma omp parallel
	{
#pragma omp scope reduction(+ : sum) SOUND(, nowait)
		sum += omp_get_thread_num() + SOUND(1, 0);
#pragma omp scope reduction(+ : twice, sum)
		{
			twice += 2;
			sum += 10;
		}
	}
	CHECK(sum == 50 && twice == 8);
	printf("%d\n", sum);
	return checked();
}
