// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Teams are made and given up: in each other, of changing sizes, and by threads that the program makes itself.
#include "check.h"
#include <pthread.h>

static long members;

// A tree of teams: how many threads were in its leaves.
static long grow(int depth, int seed)
{
	long count = 0;

	if (depth == 0)
		return SOUND(1, 2);
#pragma omp parallel num_threads(1 + seed % 3) reduction(+ : count)
	{
		int rank = omp_get_thread_num(), size = omp_get_num_threads();

		CHECK(size == 1 + seed % 3);
		CHECK(omp_get_ancestor_thread_num(omp_get_level()) == rank);
		count += grow(depth - 1, seed / 3 + rank);
	}
	return count;
}

static long expected(int depth, int seed)
{
	long count = 0;

	for (int rank = 0; depth > 0 && rank < 1 + seed % 3; rank++)
		count += expected(depth - 1, seed / 3 + rank);
	return depth == 0 ? 1 : count;
}

static void *visitor(void *number)
{
	for (int round = 0; round < 5; round++) {
		int size = 1 + (round + (int)(long)number) % 3;

#pragma omp parallel num_threads(size)
#pragma omp atomic
		members++;
	}
	return NULL;
}

int main(void)
{
	long leaves = 0, wanted = 0;

	omp_set_max_active_levels(3);
	for (int seed = 0; seed < 27; seed++) {
		leaves += grow(3, seed);
		wanted += expected(3, seed);
	}
	CHECK(leaves == wanted);

	members = 0;
	for (int round = 0; round < 3; round++) {
		pthread_t visitors[2];

		for (long number = 0; number < 2; number++)
			pthread_create(&visitors[number], NULL, visitor, (void *)number);
#pragma omp parallel num_threads(4)
#pragma omp atomic
		members++;
		for (int number = 0; number < 2; number++)
			pthread_join(visitors[number], NULL);
	}
	// Sizes 1, 2, 3, 1, 2 for the one and 2, 3, 1, 2, 3 for the other.
	CHECK(members == 3 * (9 + 11 + 4));
	printf("%ld leaves, %ld members\n", leaves, members);
	return checked();
}
