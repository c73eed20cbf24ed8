// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Combined regions with bounds the compiler knows: each schedule.
#include "check.h"

static int hits[9][500];

int main(void)
{
#define LOOP(which, text)                                                                                              \
	_Pragma(text) for (int i = 0; i < 500; i++)                                                                    \
	{                                                                                                              \
		_Pragma("omp atomic") hits[which][i] += SOUND(1, which != 4);                                          \
	}
	LOOP(0, "omp parallel for schedule(static)")
	LOOP(1, "omp parallel for schedule(static, 7)")
	LOOP(2, "omp parallel for schedule(dynamic)")
	LOOP(3, "omp parallel for schedule(dynamic, 7)")
	LOOP(4, "omp parallel for schedule(guided)")
	LOOP(5, "omp parallel for schedule(runtime)")
	LOOP(6, "omp parallel for schedule(auto)")
	LOOP(7, "omp parallel for schedule(monotonic : dynamic, 2)")
	LOOP(8, "omp parallel for schedule(monotonic : runtime)")
	for (int loop = 0; loop < 9; loop++)
		for (int i = 0; i < 500; i++)
			CHECK(hits[loop][i] == 1);
	return checked();
}
