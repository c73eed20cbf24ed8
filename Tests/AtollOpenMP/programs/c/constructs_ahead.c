// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A thread far ahead of another in constructs without barriers, of all kinds.
#include "check.h"

int main(void)
{
	enum { ROUNDS = 150 };
	static int single[ROUNDS], parts[ROUNDS][3], guided[ROUNDS], order[ROUNDS];

#pragma omp parallel
	for (int round = 0; round < ROUNDS; round++) {
		int last = -1;

		KEY(omp single nowait)
		{
#pragma omp atomic
			single[round]++;
		}
#pragma omp sections nowait
		{
#pragma omp section
			parts[round][0]++;
#pragma omp section
			parts[round][1]++;
#pragma omp section
			parts[round][2]++;
		}
#pragma omp for schedule(guided, 2) nowait
		for (int i = 0; i < 30; i++) {
#pragma omp atomic
			guided[round]++;
		}
#pragma omp for ordered schedule(dynamic, 1) nowait
		for (int i = 0; i < 5; i++) {
#pragma omp ordered
			if (i == order[round])
				order[round]++;
		}
		last = round;
		if (omp_get_thread_num() == last % 3)
			dawdle(2);
	}
	for (int round = 0; round < ROUNDS; round++) {
		CHECK(single[round] == 1);
		CHECK(parts[round][0] == 1 && parts[round][1] == 1 && parts[round][2] == 1);
		CHECK(guided[round] == 30 && order[round] == 5);
	}
	return checked();
}
