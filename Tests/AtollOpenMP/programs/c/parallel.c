// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A team has the size asked for, and each of its threads runs the region once.
#include "check.h"

int main(void)
{
	int seen[64] = {0}, size = 0, inside = 0;

	KEY(omp parallel shared(seen, size, inside))
	{
		int me = omp_get_thread_num();
#pragma omp atomic
		seen[me]++;
		if (me == 0)
			size = omp_get_num_threads();
#pragma omp atomic
		inside += omp_in_parallel() ? 1 : 0;
	}
	CHECK(size == 4 && inside == 4);
	for (int thread = 0; thread < size; thread++)
		CHECK(seen[thread] == 1);
	CHECK(!omp_in_parallel() && omp_get_num_threads() == 1);
	printf("threads %d\n", size);
	return checked();
}
