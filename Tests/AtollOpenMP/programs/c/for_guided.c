// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Each iteration once, and no chunk but the last smaller than asked for.
#include "check.h"

int main(void)
{
	int owner[2000], hits[2000] = {0}, shortest = 2000, run = 1;

#pragma omp parallel
	{
		KEY(omp for schedule(guided, 7))
		for (int i = 0; i < 2000; i++) {
#pragma omp atomic
			hits[i]++;
			owner[i] = omp_get_thread_num();
		}
	}
	for (int i = 0; i < 2000; i++)
		CHECK(hits[i] == 1);
	for (int i = 1; i < 2000; i++) {
		if (owner[i] == owner[i - 1]) {
			run++;
			continue;
		}
		if (run < shortest)
			shortest = run;
		run = 1;
	}
	CHECK(shortest >= 7);
	return checked();
}
