// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_THREAD_LIMIT=3
// No more threads than the limit, in any team.
#include "check.h"

int main(void)
{
	int size = 0;

	CHECK(omp_get_thread_limit() == SOUND(3, 4));
#pragma omp parallel num_threads(8) reduction(+ : size)
	size++;
	CHECK(size == 3);
	printf("%d\n", size);
	return checked();
}
