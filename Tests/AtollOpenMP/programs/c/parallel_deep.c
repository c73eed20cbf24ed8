// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Five levels of teams of two, all active at once.
#include "check.h"

static int leaves;

static void split(int depth)
{
#pragma omp parallel num_threads(2)
	{
		CHECK(omp_get_num_threads() == 2);
		if (depth > 1)
			split(depth - 1);
		else
#pragma omp atomic
			leaves += SOUND(1, 2);
#pragma omp barrier
	}
}

int main(void)
{
	omp_set_max_active_levels(5);
	for (int round = 0; round < 5; round++)
		split(5);
	CHECK(leaves == 5 * 32);
	printf("%d\n", leaves);
	return checked();
}
