// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Dynamic loops in teams of changing sizes, so many between two of the larger ones that counts go round.
#include "check.h"

static int hits[64];

static void loop_of(int threads)
{
	for (int i = 0; i < 64; i++)
		hits[i] = 0;
#pragma omp parallel num_threads(threads)
	{
		KEY(omp for schedule(dynamic, 1))
		for (int i = 0; i < 64; i++) {
#pragma omp atomic
			hits[i]++;
		}
	}
	for (int i = 0; i < 64; i++)
		CHECK(hits[i] == 1);
}

int main(void)
{
	long sum = 0;

	for (int threads = 1; threads <= 6; threads++)
		loop_of(threads);
	for (int threads = 6; threads >= 1; threads--)
		loop_of(threads);
	// In a larger team, then in a smaller one 32767 times, then in the larger again.
	for (int shift = 0; shift < 3; shift++) {
		loop_of(4);
#pragma omp parallel num_threads(2) reduction(+ : sum)
		for (int loop = 0; loop < 32766 + shift; loop++) {
#pragma omp for schedule(dynamic, 1) nowait
			for (int i = 0; i < 2; i++)
				sum++;
		}
		loop_of(4);
	}
	CHECK(sum == 2 * (3 * 32766 + 3));
	return checked();
}
