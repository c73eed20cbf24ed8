// SPDX-License-Identifier: Apache-2.0
// suite: clang
// With a chunk, chunks go round; two loops of one shape give each iteration to one thread.
#include "check.h"

int main(void)
{
	int owner[100], again[100];

#pragma omp parallel
	{
		KEY(omp for schedule(static, 3) nowait)
		for (int i = 0; i < 100; i++)
			owner[i] = omp_get_thread_num();
		KEY(omp for schedule(static, 3))
		for (int i = 0; i < 100; i++)
			again[i] = owner[i] == omp_get_thread_num();
	}
	for (int i = 0; i < 100; i++)
		CHECK(owner[i] == i / 3 % 4 && again[i]);
	return checked();
}
