// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A thread's own copy lasts from region to region; a pointer to it is good in every thread.
#include "check.h"

static int own = 17;
static char name[64];
#ifndef BROKEN
#pragma omp threadprivate(own, name)
#endif
static int *address[4];

int main(void)
{
	own = 20;
#pragma omp parallel
	{
		int me = omp_get_thread_num();

		CHECK(own == (me ? 17 : 20));
		own = 100 + me;
		snprintf(name, sizeof name, "thread %d", me);
		address[me] = &own;
	}
#pragma omp parallel
	{
		int me = omp_get_thread_num(), sum = 0;

		CHECK(own == 100 + me && name[7] == '0' + me);
		for (int other = 0; other < 4; other++)
			sum += *address[other];
		CHECK(sum == 406);
	}
	CHECK(own == 100);
	for (int thread = 1; thread < 4; thread++)
		CHECK(address[thread] != address[0]);
	return checked();
}
