// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Without a chunk each thread gets one run of nearly equal length, in the order of the threads.
#include "check.h"

int main(void)
{
	int owner[103];

#pragma omp parallel
	{
#ifdef BROKEN
#pragma omp for schedule(static, 1)
#else
#pragma omp for schedule(static)
#endif
		for (int i = 0; i < 103; i++)
			owner[i] = omp_get_thread_num();
	}
	for (int i = 1; i < 103; i++)
		CHECK(owner[i] >= owner[i - 1]);
	CHECK(owner[0] == 0 && owner[102] == 3);
	for (int i = 0; i < 103; i += 17)
		printf("%d:%d ", i, owner[i]);
	puts("");
	return checked();
}
