// SPDX-License-Identifier: Apache-2.0
// suite: clang
// if(0): at once, by the same thread; if(1): as any other.
#include "check.h"

int main(void)
{
	int same = 0, order = 0;

#pragma omp parallel
#pragma omp single
	for (int i = 0; i < 100; i++) {
		int me = omp_get_thread_num(), by = -1;

#pragma omp task if (SOUND(0, 1)) shared(by, order)
		{
			dawdle(1);
			by = omp_get_thread_num();
			order++;
		}
		same += by == me;
		CHECK(order == i + 1);
#pragma omp taskwait
	}
	CHECK(same == 100);
	return checked();
}
