// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A hundred thousand tasks before anybody may run them all, and tasks that make tasks.
#include "check.h"

static void tree(int depth, long *count)
{
#pragma omp atomic
	*count += SOUND(1, 2);
	if (depth == 0)
		return;
	for (int child = 0; child < 2; child++)
#pragma omp task firstprivate(depth, count)
		tree(depth - 1, count);
}

int main(void)
{
	long flat = 0, nested = 0;

#pragma omp parallel
	{
#pragma omp single nowait
		for (int i = 0; i < 100000; i++)
#pragma omp task shared(flat)
#pragma omp atomic
			flat++;
#pragma omp single
		tree(13, &nested);
	}
	CHECK(flat == 100000 && nested == (1 << 14) - 1);
	printf("%ld %ld\n", flat, nested);
	return checked();
}
