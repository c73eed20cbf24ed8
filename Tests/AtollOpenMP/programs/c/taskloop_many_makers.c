// SPDX-License-Identifier: Apache-2.0
// suite: clang
// All threads run a taskloop at once.
#include "check.h"
#include <string.h>

int main(void)
{
	static int hits[4][500];

	memset(hits, 0, sizeof(hits));
#pragma omp parallel
	{
		int me = omp_get_thread_num();

		for (int round = 0; round < 10; round++) {
			KEY(omp taskloop grainsize(10))
			for (int i = 0; i < 500; i++)
				hits[me][i] += SOUND(1, i % 2);
			for (int i = 0; i < 500; i++)
				CHECK(hits[me][i] == round + 1);
		}
	}
	return checked();
}
