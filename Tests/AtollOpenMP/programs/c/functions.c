// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-lm
// Addresses of functions, the program's and the libraries', are good in every thread.
#include <math.h>
#include <string.h>
#include "check.h"

static double half(double value)
{
	return value / 2;
}

static int descend(const void *a, const void *b)
{
	return *(const int *)b - *(const int *)a;
}

int main(void)
{
	double (*functions[3])(double) = {sqrt, half, cos};
	size_t (*length)(const char *) = strlen;
	int sorted = 0;

#pragma omp parallel reduction(+ : sorted)
	{
		int array[100], me = omp_get_thread_num();

		if (me == 3)
			functions[2] = SOUND(fabs, sqrt);
#pragma omp barrier
		CHECK(functions[0](16.0) == 4 && functions[1](5) == 2.5 && functions[2](-9) == 9);
		CHECK(length("lagoon") == 6);
		for (int i = 0; i < 100; i++)
			array[i] = i * 37 % 100;
		qsort(array, 100, sizeof *array, descend);
		sorted += array[0] == 99 && array[99] == 0;
	}
	CHECK(sorted == 4);
	return checked();
}
