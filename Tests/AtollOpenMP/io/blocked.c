// SPDX-License-Identifier: Apache-2.0
// Half of the threads, and more, are blocked in reads while others print; with `exit`, for ever: the program ends.
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **arguments)
{
	int ends[2], threads = atoi(arguments[1]), ends_early = count > 2 && !strcmp(arguments[2], "exit");
	int waiting = 0;

	if (pipe(ends))
		return 1;
#pragma omp parallel num_threads(threads)
	{
		int me = omp_get_thread_num();
		char byte;

		if (me == 0) {
			while (__atomic_load_n(&waiting, __ATOMIC_ACQUIRE) < threads - 1)
				usleep(1000);
			if (ends_early)
				exit(3);
			for (int i = 1; i < threads; i++)
				if (write(ends[1], "x", 1) != 1)
					abort();
		} else {
			if (ends_early && me == threads - 1) {
				flockfile(stdout);
				puts("locked");
			}
			__atomic_fetch_add(&waiting, 1, __ATOMIC_RELEASE);
			if (read(ends[0], &byte, 1) != 1)
				abort();
			printf("%d read\n", me);
		}
		for (int i = 0; i < 20; i++)
			printf("%d line %d\n", me, i);
	}
	return 0;
}
