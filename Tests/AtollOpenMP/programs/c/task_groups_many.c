// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Groups within groups, in every thread at once, with trees of tasks in them.
#include "check.h"

static void tree(int depth, long *count)
{
	for (int i = 0; i < 3; i++) {
#pragma omp task firstprivate(depth, count)
		{
			if (depth)
				tree(depth - 1, count);
#pragma omp atomic
			++*count;
		}
	}
}

int main(void)
{
	for (int round = 0; round < 50; round++) {
#pragma omp parallel num_threads(4)
		{
			long outer = 0, inner = 0;

#pragma omp taskgroup
			{
				tree(3, &outer);
#pragma omp task shared(inner)
				{
					KEY(omp taskgroup)
					tree(2, &inner);
					CHECK(inner == 39);
				}
			}
			CHECK(outer == 120);
			CHECK(inner == 39);
			outer = 0;
			tree(0, &outer);
#pragma omp taskwait
			CHECK(outer == 3);
		}
	}
	return checked();
}
