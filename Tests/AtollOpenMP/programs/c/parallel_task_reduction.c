// SPDX-License-Identifier: Apache-2.0
// suite: clang
// reduction(task, ...) on parallel, on a loop and on sections: tasks of any thread take part.
#include "check.h"

int main(void)
{
	long sum = 0, loop = 0;

	for (int round = 0; round < 20; round++) {
		sum = 0;
		loop = 0;
#pragma omp parallel reduction(task, + : sum)
		{
			sum += 1;
#pragma omp single
			for (int i = 0; i < 100; i++)
#pragma omp task in_reduction(+ : sum)
			{
				dawdle(1);
				sum += SOUND(i, 0);
			}
		}
		CHECK(sum == 4954);
#pragma omp parallel
		{
#pragma omp for reduction(task, + : loop) schedule(dynamic, 4)
			for (int i = 0; i < 64; i++) {
				loop += 1000;
#pragma omp task in_reduction(+ : loop)
				loop += i;
			}
		}
		CHECK(loop == 64000 + 2016);
	}
	printf("%ld %ld\n", sum, loop);
	return checked();
}
