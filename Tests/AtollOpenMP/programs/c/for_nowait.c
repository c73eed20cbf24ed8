// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Many loops without a barrier between them: more than a ring of shares, at different speeds.
#include "check.h"

int main(void)
{
	static int hits[200][40];

#pragma omp parallel
	{
		for (int loop = 0; loop < 200; loop++) {
			KEY(omp for schedule(dynamic, 1) nowait)
			for (int i = 0; i < 40; i++) {
#pragma omp atomic
				hits[loop][i]++;
			}
			if (omp_get_thread_num() == loop % 4)
				dawdle(3);
		}
	}
	for (int loop = 0; loop < 200; loop++)
		for (int i = 0; i < 40; i++)
			CHECK(hits[loop][i] == 1);
	return checked();
}
