// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Constructs outside the text of a parallel region belong to the team that calls them, or to a team of one.
#include "check.h"

static int total, once;

static void work(void)
{
#pragma omp for schedule(dynamic, 2)
	for (int i = 0; i < 100; i++)
#pragma omp atomic
		total += i;
	KEY(omp single)
	once++;
#pragma omp single
#pragma omp task
#pragma omp atomic
	total += 1000;
#pragma omp barrier
}

int main(void)
{
	total = once = 0;
	work();
	CHECK(total == 5950 && once == 1);
#pragma omp parallel
	work();
	CHECK(total == 2 * 5950 && once == 2);
	return checked();
}
