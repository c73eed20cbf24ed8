// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Sums of integers in doubles are exact, whatever the order; min and max over threads of unequal work.
#include "check.h"

int main(void)
{
	for (int round = 0; round < 100; round++) {
		double sum = 0, low = 1e300, high = -1e300;

#pragma omp parallel for schedule(guided) SOUND(reduction(+ : sum), firstprivate(sum)) reduction(min : low) reduction(max : high)
		for (int i = -500; i < 700; i++) {
			sum += i;
			if (i * 0.5 < low)
				low = i * 0.5;
			if (i * 0.25 > high)
				high = i * 0.25;
		}
		CHECK(sum == 119400 && low == -250 && high == 174.75);
	}
	return checked();
}
