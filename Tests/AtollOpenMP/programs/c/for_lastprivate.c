// SPDX-License-Identifier: Apache-2.0
// suite: clang
// lastprivate, its conditional form, and firstprivate with it.
#include "check.h"

int main(void)
{
	int last = -1, both = 5, chosen = -1, i;

#pragma omp parallel for schedule(dynamic, 3) lastprivate(last) firstprivate(both) lastprivate(both)
	for (i = 0; i < SOUND(100, 99); i++) {
		last = i * 2;
		both = i + 1;
	}
	CHECK(last == 198 && both == 100);
#ifndef __clang__
#pragma omp parallel for schedule(dynamic, 3) lastprivate(conditional : chosen)
#endif
	for (i = 0; i < 100; i++)
		if (i % 13 == 0)
			chosen = i;
	CHECK(chosen == 91);
	printf("%d %d %d\n", last, both, chosen);
	return checked();
}
