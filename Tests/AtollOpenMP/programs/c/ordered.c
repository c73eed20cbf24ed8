// SPDX-License-Identifier: Apache-2.0
// suite: clang
// ordered: the iterations' ordered parts run in order, under each schedule.
#include "check.h"

static int next;

#define LOOP(text)                                                                                                     \
	next = 0;                                                                                                      \
	_Pragma(text) for (int i = 0; i < 200; i++)                                                                    \
	{                                                                                                              \
		if (i % 5 == 0)                                                                                        \
			dawdle(1);                                                                                     \
		KEY(omp ordered)                                                                                       \
		{                                                                                                      \
			CHECK(next == i);                                                                              \
			next = i + 1;                                                                                  \
		}                                                                                                      \
	}                                                                                                              \
	CHECK(next == 200);

int main(void)
{
	LOOP("omp parallel for ordered schedule(static)")
	LOOP("omp parallel for ordered schedule(static, 1)")
	LOOP("omp parallel for ordered schedule(static, 3)")
	LOOP("omp parallel for ordered schedule(dynamic)")
	LOOP("omp parallel for ordered schedule(dynamic, 4)")
	LOOP("omp parallel for ordered schedule(guided)")
	omp_set_schedule(omp_sched_dynamic, 2);
	LOOP("omp parallel for ordered schedule(runtime)")
	return checked();
}
