// SPDX-License-Identifier: Apache-2.0
// suite: clang
// One thread of the team runs it, and the others wait, or do not.
#include "check.h"

int main(void)
{
	int count = 0, seen[4] = {0};
	static int quick[500];

#pragma omp parallel
	{
		int me = omp_get_thread_num();

		for (int round = 0; round < 100; round++) {
			KEY(omp single)
			{
				dawdle(1);
				count++;
			}
			if (count == round + 1)
				seen[me]++;
#pragma omp barrier
		}
		for (int round = 0; round < 500; round++)
			KEY(omp single nowait)
#pragma omp atomic
			quick[round]++;
	}
	CHECK(count == 100);
	for (int i = 0; i < 4; i++)
		CHECK(seen[i] == 100);
	for (int i = 0; i < 500; i++)
		CHECK(quick[i] == 1);
	return checked();
}
