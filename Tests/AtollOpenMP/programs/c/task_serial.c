// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Tasks outside any parallel region, with dependences, groups and loops.
#include "check.h"

int main(void)
{
	int value = 0, sum = 0;

#pragma omp task depend(out : value) shared(value)
	value = SOUND(4, 5);
#pragma omp task depend(in : value) shared(value, sum)
	sum = value;
#pragma omp taskwait
	CHECK(sum == 4);
#pragma omp taskgroup task_reduction(+ : sum)
	{
#pragma omp task in_reduction(+ : sum)
		sum += 10;
	}
#pragma omp taskloop shared(sum)
	for (int i = 0; i < 10; i++)
#pragma omp atomic
		sum += i;
	CHECK(sum == 59);
	return checked();
}
