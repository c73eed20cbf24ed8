// SPDX-License-Identifier: Apache-2.0
// suite: clang
// taskloop reduction, and in_reduction of its tasks.
#include "check.h"

int main(void)
{
	long sum = 5, product = 1, least = 1000;

#pragma omp parallel
#pragma omp single
	{
#pragma omp taskloop reduction(+ : sum) reduction(min : least) grainsize(9)
		for (int i = 0; i < 500; i++) {
			sum += i + SOUND(0, 1);
			if (700 - i < least)
				least = 700 - i;
		}
		CHECK(sum == 124755 && least == 201);
#pragma omp taskgroup task_reduction(* : product)
		{
#pragma omp taskloop in_reduction(* : product) num_tasks(4) nogroup
			for (int i = 0; i < 20; i++)
				product *= 2;
		}
	}
	CHECK(product == 1 << 20);
	printf("%ld %ld %ld\n", sum, product, least);
	return checked();
}
