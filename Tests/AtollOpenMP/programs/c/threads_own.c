// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-pthread
// Threads that the program makes itself: with regions of their own, beside the main one's.
#include <pthread.h>
#include "check.h"

static long sums[3];

static void *run(void *argument)
{
	long which = (long)argument, sum = 0;
	int size = 0;

	for (int round = 0; round < 20; round++) {
#pragma omp parallel for reduction(+ : sum) schedule(dynamic, 3) num_threads(3)
		for (int i = 0; i < 100; i++)
			sum += i * which;
#pragma omp parallel reduction(+ : size) num_threads(2)
		size++;
	}
	CHECK(size == 40);
	sums[which] = sum + SOUND(0, 1);
	return &sums[which];
}

int main(void)
{
	pthread_t threads[2];
	void *result;

	for (long i = 0; i < 2; i++)
		CHECK(pthread_create(&threads[i], NULL, run, (void *)(i + 1)) == 0);
	run((void *)0);
	for (int i = 0; i < 2; i++) {
		CHECK(pthread_join(threads[i], &result) == 0);
		CHECK(result == &sums[i + 1] && sums[i + 1] == 20 * 4950 * (i + 1));
	}
	CHECK(sums[0] == 0);
	return checked();
}
