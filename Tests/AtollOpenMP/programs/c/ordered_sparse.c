// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Iterations that never meet their ordered part do not hold up the others.
#include "check.h"

int main(void)
{
	int trace[100], count = 0;

#pragma omp parallel for ordered schedule(dynamic, 2)
	for (int i = 0; i < 300; i++) {
		if (i % 3)
			continue;
		KEY(omp ordered)
		{
			int place = count;

			dawdle(1);
			trace[place % 100] = i;
			count = place + 1;
		}
	}
	CHECK(count == 100);
	for (int i = 0; i < 100; i++)
		CHECK(trace[i] == 3 * i);
	return checked();
}
