// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Locks: plain, with hints, tried; set in one place and unset in another.
#include "check.h"

int main(void)
{
	omp_lock_t lock, hinted, held;
	long one = 0, two = 0;
	int tried = 0, got = 0;

	omp_init_lock(&lock);
	omp_init_lock(&held);
	// gcc 12's library has no omp_init_lock_with_hint.
	omp_init_lock(&hinted);
#pragma omp parallel
	{
		for (int i = 0; i < 1000; i++) {
#ifndef BROKEN
			omp_set_lock(&lock);
#endif
			long before = one;

			if (i % 32 == 0)
				dawdle(1);
			one = before + 1;
#ifndef BROKEN
			omp_unset_lock(&lock);
#endif
			omp_set_lock(&hinted);
			two++;
			omp_unset_lock(&hinted);
		}
#pragma omp barrier
#pragma omp single
		omp_set_lock(&held);
		if (omp_test_lock(&held))
#pragma omp atomic
			got++;
#pragma omp atomic
		tried++;
	}
	omp_unset_lock(&held);
	CHECK(omp_test_lock(&held));
	omp_unset_lock(&held);
	CHECK(one == 4000 && two == 4000 && tried == 4 && got == 0);
	omp_destroy_lock(&lock);
	omp_destroy_lock(&hinted);
	omp_destroy_lock(&held);
	return checked();
}
