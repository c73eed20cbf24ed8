// SPDX-License-Identifier: Apache-2.0
// suite: clang
// The team's threads are in as many processes as the suite says (ATOLL_SUITE_PROCESSES), asked of the kernel itself.
#include "check.h"

static long process(void)
{
	long number = 39, result;

	// The instruction, and not the C library's function: that one answers for the program as a whole.
	__asm__ volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
	return result;
}

int main(void)
{
	const char *wanted = getenv("ATOLL_SUITE_PROCESSES");
	long of[4] = {0};
	int distinct = 0;

#pragma omp parallel
	of[omp_get_thread_num()] = process();
	for (int i = 0; i < 4; i++) {
		int is_new = 1;

		for (int j = 0; j < i; j++)
			is_new &= of[j] != of[i];
		distinct += is_new;
	}
	CHECK(distinct == (wanted ? atoi(wanted) : 1) + SOUND(0, 1));
	if (check_failures)
		printf("threads are in %d processes\n", distinct);
	return checked();
}
