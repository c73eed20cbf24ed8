// SPDX-License-Identifier: Apache-2.0
// suite: clang
// taskloop: each iteration once; grainsize, num_tasks, collapse, nogroup, negative steps.
#include "check.h"
#include <string.h>

static int hits[5][600];

int main(void)
{
	int wrong = 0;

	memset(hits, 0, sizeof(hits));
#pragma omp parallel
#pragma omp single
	{
#pragma omp taskloop
		for (int i = 0; i < 600; i++)
			hits[0][i] += SOUND(1, 2);
		for (int i = 0; i < 600; i++)
			wrong += hits[0][i] != 1;
#pragma omp taskloop grainsize(7)
		for (int i = 599; i >= 0; i--)
			hits[1][i]++;
#pragma omp taskloop num_tasks(13)
		for (long i = 0; i < 600; i += 2)
			hits[2][i]++;
#pragma omp taskloop collapse(2) grainsize(4)
		for (int i = 0; i < 20; i++)
			for (int j = 0; j < 30; j++)
				hits[3][i * 30 + j]++;
#pragma omp taskgroup
		{
#pragma omp taskloop nogroup num_tasks(9)
			for (int i = 0; i < 600; i++)
				hits[4][i]++;
		}
		for (int i = 0; i < 600; i++)
			wrong += hits[4][i] != 1;
	}
	CHECK(wrong == 0);
	for (int i = 0; i < 600; i++)
		CHECK(hits[1][i] == 1 && hits[2][i] == (i % 2 == 0) && hits[3][i] == 1);
	return checked();
}
