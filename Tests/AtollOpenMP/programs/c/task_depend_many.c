// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Long chains, wide fans and sets of dependences over and over, with tasks that are not deferred among them.
#include "check.h"

#ifdef BROKEN
#define ON(...)
#else
#define ON(...) depend(__VA_ARGS__)
#endif

static void chain(void)
{
	int value = 0;

#pragma omp parallel num_threads(4)
#pragma omp single
	for (int i = 0; i < 300; i++) {
#pragma omp task ON(inout : value) firstprivate(i) shared(value)
		{
			CHECK(value == i);
			value = i + 1;
		}
	}
	CHECK(value == 300);
}

static void fan(void)
{
	int value = 0, readers = 0, seen[30] = {0};

#pragma omp parallel num_threads(4)
#pragma omp single
	for (int round = 1; round <= 20; round++) {
#pragma omp task ON(out : value) firstprivate(round) shared(value, readers)
		{
			CHECK(readers == (round - 1) * 30);
			value = round;
		}
		for (int i = 0; i < 30; i++) {
#pragma omp task ON(in : value) firstprivate(i, round) shared(value, readers, seen)
			{
				CHECK(value == round);
				seen[i]++;
#pragma omp atomic
				readers++;
			}
		}
	}
	for (int i = 0; i < 30; i++)
		CHECK(seen[i] == 20);
}

static void undeferred(void)
{
	int value = 0;

#pragma omp parallel num_threads(4)
#pragma omp single
	for (int i = 0; i < 20; i++) {
#pragma omp task ON(inout : value) shared(value)
		{
			dawdle(2);
			value++;
		}
#pragma omp task if (0) ON(inout : value) shared(value)
		value *= 2;
		CHECK(value == (2 << (i + 1)) - 2);
	}
}

static void many_addresses(void)
{
	static int cells[500];
	long sum = 0;

#pragma omp parallel num_threads(4)
#pragma omp single
	{
		for (int i = 0; i < 500; i++) {
#pragma omp task ON(out : cells[i]) firstprivate(i)
			cells[i] = i;
		}
		for (int i = 1; i < 500; i++) {
#pragma omp task ON(in : cells[i - 1]) ON(inout : cells[i]) firstprivate(i)
			cells[i] += cells[i - 1];
		}
#pragma omp task ON(in : cells[499]) shared(sum)
		sum = cells[499];
	}
	CHECK(sum == 499 * 500 / 2);
	for (int i = 0; i < 500; i++)
		cells[i] = 0;
}

int main(void)
{
	for (int round = 0; round < 25; round++) {
		chain();
		fan();
		undeferred();
		many_addresses();
	}
	return checked();
}
