// SPDX-License-Identifier: Apache-2.0
// suite: clang
// rand, random and drand48 have one state for the program.
#include "check.h"

static int order(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int main(void)
{
	int alone[400], together[400], count = 0;

	srand(7);
	for (int i = 0; i < 400; i++)
		alone[i] = rand();
	srand(SOUND(7, 8));
#pragma omp parallel
	for (int i = 0; i < 100; i++) {
		int value = rand(), at;
#pragma omp atomic capture
		at = count++;
		together[at] = value;
	}
	qsort(alone, 400, sizeof(int), order);
	qsort(together, 400, sizeof(int), order);
	for (int i = 0; i < 400; i++)
		CHECK(alone[i] == together[i]);
	srandom(5);
	long first = random(), second = random(), third = random();
	srandom(5);
	CHECK(random() == first);
#pragma omp parallel
	if (omp_get_thread_num() == 3)
		CHECK(random() == second);
	CHECK(random() == third);
	srand48(3);
	double number = drand48();
	srand48(3);
#pragma omp parallel
	if (omp_get_thread_num() == 3)
		CHECK(drand48() == number);
	printf("%ld\n", first);
	return checked();
}
