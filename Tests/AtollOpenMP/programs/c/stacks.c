// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A thread's own variables are read and written by others through pointers; stacks are deep, and alloca works.
#include <alloca.h>
#include <string.h>
#include "check.h"

static long deep(int levels)
{
	volatile char block[1000];

	memset((void *)block, levels & 1, sizeof block);
	return levels ? deep(levels - 1) + block[999] : 0;
}

int main(void)
{
	int *where[4], before[4];
	char *blocks[4];

#pragma omp parallel
	{
		int me = omp_get_thread_num(), local = 10 * me;
		char *block = alloca(50000);

		where[me] = &local;
		blocks[me] = memset(block, me + 1, 50000);
#pragma omp barrier
		*where[(me + 1) % 4] += SOUND(1, 0);
		before[me] = blocks[(me + 3) % 4][49999];
#pragma omp barrier
		CHECK(local == 10 * me + 1);
		CHECK(before[me] == (me + 3) % 4 + 1);
		CHECK(deep(1000) == 500);
	}
	return checked();
}
