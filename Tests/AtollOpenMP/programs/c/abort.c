// SPDX-License-Identifier: Apache-2.0
// suite: clang exit=134
// abort in a worker ends the program by SIGABRT.
#include "check.h"

int main(void)
{
	puts("before");
	fflush(stdout);
#pragma omp parallel
	{
		if (omp_get_thread_num() == 3)
			SOUND(abort(), exit(0));
		for (;;)
			dawdle(1);
	}
	return 0;
}
