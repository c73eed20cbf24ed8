// SPDX-License-Identifier: Apache-2.0
// suite:
// inscan: prefix sums, inclusive and exclusive.
#include "check.h"

int main(void)
{
	int inclusive[500], exclusive[500], sum = 0;

#pragma omp parallel for reduction(inscan, + : sum)
	for (int i = 0; i < 500; i++) {
		sum += i + SOUND(0, i == 250);
#pragma omp scan inclusive(sum)
		inclusive[i] = sum;
	}
	CHECK(sum == 124750);
	sum = 0;
#pragma omp parallel for reduction(inscan, + : sum)
	for (int i = 0; i < 500; i++) {
		exclusive[i] = sum;
#pragma omp scan exclusive(sum)
		sum += i;
	}
	for (int i = 0; i < 500; i++) {
		CHECK(inclusive[i] == i * (i + 1) / 2);
		CHECK(exclusive[i] == i * (i - 1) / 2);
	}
	return checked();
}
