// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Two thousand teams of changing size, one after the other: none lost, none joined twice.
#include "check.h"

int main(void)
{
	long total = 0, expected = 0;

	for (int region = 0; region < 2000; region++) {
		int size = 1 + region * 7 % 5, here = 0;

#pragma omp parallel num_threads(size) shared(here)
		{
#pragma omp atomic
			here += SOUND(1, 2);
		}
		CHECK(here == size);
		total += here;
		expected += size;
	}
	CHECK(total == expected);
	printf("total %ld\n", total);
	return checked();
}
