// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_STACKSIZE=1M
// A chain of tasks, each made by the one before: it takes no more stack the longer it is, in a team of one too.
#include "check.h"

static int made;

static void next(int left)
{
	char room[64];

	// Something that must lie on the stack.
	__asm__ volatile("" : : "r"(room) : "memory");
	made++;
	if (left > 1) {
#pragma omp task firstprivate(left)
		next(left - 1);
	}
	__asm__ volatile("" : : "r"(room) : "memory");
}

int main(void)
{
	for (int threads = 1; threads <= 4; threads++) {
		made = 0;
#pragma omp parallel num_threads(threads)
#pragma omp single
		next(300000);
		CHECK(made == SOUND(300000, 0));
	}
	return checked();
}
