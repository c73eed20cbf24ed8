// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Ten thousand locks in an array, each word its own.
#include "check.h"

#define COUNT 10000

int main(void)
{
	omp_lock_t *locks = malloc(COUNT * sizeof *locks);
	static int value[COUNT];

	for (int i = 0; i < COUNT; i++)
		omp_init_lock(&locks[i]);
#pragma omp parallel
	{
		unsigned seed = 1 + (unsigned)omp_get_thread_num();

		for (int i = 0; i < 50000; i++) {
			unsigned at = (seed = seed * 1103515245u + 12345u) >> 8;

			omp_set_lock(&locks[at % COUNT]);
			value[at % COUNT] += SOUND(1, 2);
			omp_unset_lock(&locks[at % COUNT]);
		}
	}
	long sum = 0;

	for (int i = 0; i < COUNT; i++) {
		sum += value[i];
		omp_destroy_lock(&locks[i]);
	}
	CHECK(sum == 200000);
	free(locks);
	return checked();
}
