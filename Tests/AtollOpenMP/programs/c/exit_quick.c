// SPDX-License-Identifier: Apache-2.0
// suite: clang exit=9
// _exit in a worker: the code, and no exit functions.
#include <unistd.h>
#include "check.h"

static void last_words(void)
{
	puts("last words");
	fflush(stdout);
}

int main(void)
{
	atexit(last_words);
#pragma omp parallel
	{
		if (omp_get_thread_num() == 2)
			SOUND(_exit, exit)(9);
		for (;;)
			dawdle(1);
	}
	return 0;
}
