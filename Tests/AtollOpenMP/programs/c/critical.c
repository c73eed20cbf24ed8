// SPDX-License-Identifier: Apache-2.0
// suite: clang
// No two threads inside at once; named ones apart from the nameless.
#include "check.h"

static long one, two, three;

static long add(long value)
{
	if (value % 16 == 0)
		dawdle(1);
	return value + 1;
}

int main(void)
{
#pragma omp parallel
	for (int round = 0; round < 500; round++) {
		KEY(omp critical)
		one = add(one);
		KEY(omp critical(first))
		two = add(two);
		KEY(omp critical(second) hint(omp_sync_hint_contended))
		{
			three = add(three);
			KEY(omp critical(first))
			two = add(two);
		}
	}
	CHECK(one == 2000 && two == 4000 && three == 2000);
	printf("%ld %ld %ld\n", one, two, three);
	return checked();
}
