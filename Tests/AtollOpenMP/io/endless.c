// SPDX-License-Identifier: Apache-2.0
// A worker prints until nobody reads any more: the program dies of the signal, as on one machine.
#include <omp.h>
#include <stdio.h>

int main(void)
{
#pragma omp parallel num_threads(2)
	if (omp_get_thread_num() == 1)
		for (long i = 0;; i++)
			printf("line %ld\n", i);
}
