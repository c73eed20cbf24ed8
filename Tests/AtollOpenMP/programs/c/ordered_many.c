// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Thousands of ordered loops of different lengths: the turn of one is not taken for that of another, whatever a
// runtime keeps them in. (With `nowait` libgomp itself takes them for one another, and may hang.)
#include "check.h"

enum { LOOPS = 3000 };

static int seen[LOOPS], wrong;

static int length(int loop) { return 3 + loop * 7 % 11; }

static void ordered_part(int loop, int i)
{
	int place = seen[loop];

	if (loop % 500 == 0)
		dawdle(1);
	if (place != i)
		__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
	seen[loop] = place + 1;
}

int main(void)
{
#pragma omp parallel num_threads(3)
	for (int loop = 0; loop < LOOPS; loop += 3) {
#pragma omp for ordered schedule(static, 1)
		for (int i = 0; i < length(loop); i++) {
			KEY(omp ordered)
			ordered_part(loop, i);
		}
#pragma omp for ordered schedule(dynamic, 1)
		for (int i = 0; i < length(loop + 1); i++) {
#pragma omp ordered
			ordered_part(loop + 1, i);
		}
#pragma omp for ordered schedule(static, 2)
		for (int i = 0; i < length(loop + 2); i++) {
#pragma omp ordered
			ordered_part(loop + 2, i);
		}
	}
	CHECK(wrong == 0);
	for (int loop = 0; loop < LOOPS; loop++)
		CHECK(seen[loop] == length(loop));
	return checked();
}
