// SPDX-License-Identifier: Apache-2.0
// suite: clang exit=17
// exit in the last thread of a team ends the whole program, with the exit functions and what was printed.
#include "check.h"

static void last_words(void)
{
	puts("last words");
}

int main(void)
{
	atexit(last_words);
	printf("not flushed yet, ");
#pragma omp parallel
	{
#pragma omp barrier
		if (omp_get_thread_num() == 3)
			exit(SOUND(17, 18));
		for (;;)
			dawdle(1);
	}
	return 0;
}
