// SPDX-License-Identifier: Apache-2.0
// Regions of every kind, one after the other, until somebody ends it: for tests that kill part of a program. Not run by
// the suite, since it does not end. With the word `stay`: one region that does not end; with `fault`: one that the last
// thread ends by a fault.
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static long locked, counted;

static void round_of_work(long round)
{
	long sum = 0;

#pragma omp parallel reduction(+ : sum)
	{
#pragma omp for schedule(dynamic, 2)
		for (int i = 0; i < 50; i++)
			sum += i;
#pragma omp critical
		locked++;
#pragma omp single
		for (int i = 0; i < 20; i++)
#pragma omp task
#pragma omp atomic
			counted++;
#pragma omp barrier
#pragma omp for ordered schedule(static, 1)
		for (int i = 0; i < 8; i++)
#pragma omp ordered
			locked++;
	}
	if (sum != 1225)
		_exit(99);
	if (round % 200 == 0) {
		printf("up %ld\n", round);
		fflush(stdout);
	}
}

static void stay(void)
{
#pragma omp parallel
	for (long round = 0;; round++) {
#pragma omp barrier
#pragma omp master
		if (round % 200 == 0) {
			printf("up %ld\n", round);
			fflush(stdout);
		}
	}
}

static void fault(void)
{
#pragma omp parallel
	if (omp_get_thread_num() == omp_get_num_threads() - 1)
		*(volatile int *)8 = 1;
}

int main(int count, char **words)
{
	if (count > 1 && !strcmp(words[1], "fault"))
		fault();
	else if (count > 1)
		stay();
	for (long round = 0;; round++)
		round_of_work(round);
}
