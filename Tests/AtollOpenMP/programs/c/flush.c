// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A flag and a value behind it, from thread to thread round the team, by flush and atomics.
#include "check.h"

int main(void)
{
	int turn = 0, value = 0, wrong = 0;

#pragma omp parallel reduction(+ : wrong)
	{
		int me = omp_get_thread_num(), seen;

		for (int round = 0; round < 60; round++) {
			do {
#pragma omp atomic read acquire
				seen = turn;
				if (seen != 4 * round + me)
					dawdle(1);
			} while (seen < 4 * round + me);
			wrong += value != seen;
			value = seen + SOUND(1, 2);
#pragma omp flush
#pragma omp atomic write release
			turn = seen + 1;
		}
	}
	CHECK(wrong == 0 && value == 240);
	return checked();
}
