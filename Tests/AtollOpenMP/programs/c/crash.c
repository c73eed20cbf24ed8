// SPDX-License-Identifier: Apache-2.0
// suite: clang exit=139
// A wild store in a worker ends the program by SIGSEGV.
#include "check.h"

int main(void)
{
	puts("before");
	fflush(stdout);
#pragma omp parallel
	{
		if (omp_get_thread_num() == 3)
			*(volatile int *)SOUND(8, &check_failures) = 1;
		for (int i = 0; SOUND(1, i < 1000); i++)
			dawdle(1);
	}
	return 0;
}
