// SPDX-License-Identifier: Apache-2.0
// suite: clang
// lastprivate, firstprivate and if on taskloop.
#include "check.h"

int main(void)
{
	int last = -1, first = 6, sum = 0, order = 0;

#pragma omp parallel
#pragma omp single
	{
#pragma omp taskloop lastprivate(last) firstprivate(first) grainsize(5) shared(sum)
		for (int i = 0; i < 101; i++) {
			last = i * 3;
			first++;
#pragma omp atomic
			sum += i;
		}
		CHECK(last == 300 && first == 6 && sum == 5050);
#pragma omp taskloop if (SOUND(0, 1)) num_tasks(10) shared(order)
		for (int i = 0; i < 100; i++) {
			CHECK(order == i);
			dawdle(1);
			order = i + 1;
		}
	}
	CHECK(order == 100);
	return checked();
}
