// SPDX-License-Identifier: Apache-2.0
// suite: clang
// ordered over unsigned long long.
#include "check.h"

int main(void)
{
	unsigned long long from = ~0ull - 99, next = from;

#pragma omp parallel for ordered schedule(dynamic, 3)
	for (unsigned long long i = from; i < ~0ull; i++) {
		dawdle((int)(i % 3));
		KEY(omp ordered)
		{
			CHECK(next == i);
			next = i + 1;
		}
	}
	CHECK(next == ~0ull);
#pragma omp parallel for ordered schedule(static)
	for (unsigned long long i = 0; i < 60; i++)
#pragma omp ordered
		next = i;
	CHECK(next == 59);
	return checked();
}
