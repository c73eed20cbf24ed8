// SPDX-License-Identifier: Apache-2.0
// What cannot be had with a program in several processes ends it with a sentence: 1 by main, 2 and 3 by a worker.
#define _GNU_SOURCE
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sched.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int count, char **arguments)
{
	int which = count > 1 ? atoi(arguments[1]) : 0;

	if (which == 1)
		shmat(0, NULL, 0);
#pragma omp parallel num_threads(2)
	if (omp_get_thread_num() == 1) {
		if (which == 2)
			unshare(0);
		if (which == 3)
			syscall(SYS_io_uring_setup, 1, NULL);
		puts("not refused");
	}
	return 0;
}
