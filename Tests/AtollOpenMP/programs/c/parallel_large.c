// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Forty threads, many more than processors, at barriers, locks and loops.
#include "check.h"

int main(void)
{
	int sum = 0, inside = 0, early = 0;
	static volatile int phase[40];

#pragma omp parallel num_threads(40) reduction(+ : sum, early)
	{
		int me = omp_get_thread_num();

		for (int round = 1; round <= 20; round++) {
			phase[me] = round;
			KEY(omp barrier)
			for (int other = 0; other < 40; other++)
				early += phase[other] < round;
#pragma omp barrier
		}
#pragma omp critical
		inside++;
#pragma omp for schedule(dynamic)
		for (int i = 0; i < 400; i++)
			sum += i;
	}
	CHECK(early == 0 && inside == 40 && sum == 79800);
	return checked();
}
