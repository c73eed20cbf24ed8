// SPDX-License-Identifier: Apache-2.0
// suite: clang
// monotonic: no thread sees its iterations fall.
#include "check.h"

int main(void)
{
	int sum = 0;

#pragma omp parallel reduction(+ : sum)
	{
		int last = -1;

		KEY(omp for schedule(monotonic : dynamic, 2) nowait)
		for (int i = 0; i < 400; i++) {
			CHECK(i > last);
			last = i;
			sum += i;
		}
		last = -1;
		KEY(omp for schedule(monotonic : guided, 2) nowait)
		for (int i = 0; i < 400; i++) {
			CHECK(i > last);
			last = i;
			sum += i;
		}
		KEY(omp for schedule(nonmonotonic : dynamic, 2))
		for (int i = 0; i < 400; i++)
			sum += i;
		KEY(omp for schedule(nonmonotonic : guided))
		for (int i = 0; i < 400; i++)
			sum += i;
	}
	CHECK(sum == 4 * 79800);
	return checked();
}
