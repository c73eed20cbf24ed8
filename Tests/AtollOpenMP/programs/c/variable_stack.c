// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_STACKSIZE=24M
// OMP_STACKSIZE gives each thread as much.
#include "check.h"

static long deep(int levels)
{
	volatile char block[100000];

	for (int at = 0; at < 100000; at += 4096)
		block[at] = (char)levels;
	if (levels == 0)
		return block[0];
	return deep(levels - 1) + block[8192] + SOUND(0, 1);
}

int main(void)
{
	long sums[4] = {0};

#pragma omp parallel
	if (omp_get_thread_num())
		sums[omp_get_thread_num()] = deep(150);
	for (int i = 1; i < 4; i++)
		CHECK(sums[i] == sums[1]);
	CHECK(sums[1] == 127 * 128 / 2 - (128 * 23 - 22 * 23 / 2));
	return checked();
}
