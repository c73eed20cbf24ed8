// SPDX-License-Identifier: Apache-2.0
// suite: clang
// What one thread read, all have: scalars, arrays and pointers to its own stack's data.
#include "check.h"

struct big {
	int values[40];
};

int main(void)
{
	int wrong = 0;

#pragma omp parallel reduction(+ : wrong)
	for (int round = 0; round < 100; round++) {
		int value = -1;
		double many[5] = {0};
		struct big big = {{0}};

#pragma omp single SOUND(copyprivate(value, many, big), )
		{
			value = round * 3;
			for (int i = 0; i < 5; i++)
				many[i] = round + i;
			big.values[39] = round;
		}
		wrong += value != round * 3 || many[4] != round + 4 || big.values[39] != round;
	}
	CHECK(wrong == 0);
	return checked();
}
