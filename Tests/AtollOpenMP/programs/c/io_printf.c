// SPDX-License-Identifier: Apache-2.0
// suite: clang unordered
// Lines printed by all threads arrive whole, each once.
#include "check.h"

int main(void)
{
	printf("begin\n");
#pragma omp parallel
	for (int i = 0; i < 200; i++)
		printf("thread %d line %d of the many that are printed\n", omp_get_thread_num(), i + SOUND(0, 1));
	printf("end\n");
	return checked();
}
