// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Each section once, by whatever thread; more of them than threads, and fewer.
#include "check.h"

int main(void)
{
	int hits[7] = {0}, last = 0, sum = 0;

	for (int round = 0; round < 50; round++) {
#pragma omp parallel
		{
#pragma omp sections lastprivate(last) reduction(+ : sum) SOUND(, nowait)
			{
#pragma omp section
				{ last = 1; sum += 1; hits[0]++; }
#pragma omp section
				{ last = 2; sum += 2; hits[1]++; dawdle(1); }
#pragma omp section
				{ last = 3; sum += 3; hits[2] += 1 + SOUND(0, 1); }
#pragma omp section
				{ last = 4; sum += 4; hits[3]++; }
#pragma omp section
				{ last = 5; sum += 5; hits[4]++; }
			}
		}
		CHECK(last == 5);
		last = 0;
#pragma omp parallel sections
		{
#pragma omp section
			hits[5]++;
#pragma omp section
			hits[6]++;
		}
	}
	CHECK(sum == 50 * 15);
	for (int i = 0; i < 7; i++)
		CHECK(hits[i] == 50);
	return checked();
}
