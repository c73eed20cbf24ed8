// SPDX-License-Identifier: Apache-2.0
// task_reduction of a group: scalars and arrays, through nested tasks.
// (Not by clang: its library, too, does not find a section through a pointer that a function was given.)
#include "check.h"

static void down(int depth, long *count, int *table)
{
#pragma omp task in_reduction(+ : count[0 : 1]) in_reduction(+ : table[0 : 8])
	{
		count[0] += SOUND(1, 2);
		table[depth % 8] += depth;
		dawdle(1);
	}
	if (depth > 0) {
#pragma omp task in_reduction(+ : count[0 : 1]) in_reduction(+ : table[0 : 8])
		{
			down(depth - 1, count, table);
#pragma omp taskwait
		}
	}
}

int main(void)
{
	for (int round = 0; round < 10; round++) {
		long count[1] = {100};
		int table[8] = {0};

#pragma omp parallel
#pragma omp single
		{
#pragma omp taskgroup task_reduction(+ : count) task_reduction(+ : table)
			for (int i = 0; i < 5; i++)
				down(15, count, table);
		}
		CHECK(count[0] == 180);
		CHECK(table[0] == 40 && table[7] == 5 * (7 + 15));
	}
	return checked();
}
