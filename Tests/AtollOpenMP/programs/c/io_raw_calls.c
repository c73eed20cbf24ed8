// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Calls of the kernel by number: descriptors of the program, and futexes between threads of all processes.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

static int turn;

static void wait_for(int mine)
{
	for (int seen; (seen = __atomic_load_n(&turn, __ATOMIC_ACQUIRE)) != mine;)
		syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

int main(void)
{
	struct timespec soon = {0, 3000000};
	int ends[2], total = 0, value;
	char text[8] = "";

	CHECK(pipe(ends) == 0);
#pragma omp parallel
	{
		int me = omp_get_thread_num();

		for (int round = 0; round < 25; round++) {
			wait_for(4 * round + me);
			total += SOUND(1, 2);
			__atomic_store_n(&turn, 4 * round + me + 1, __ATOMIC_RELEASE);
			syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1000, NULL, NULL, 0);
		}
	}
	CHECK(total == 100);
#pragma omp parallel
	{
		if (omp_get_thread_num() == 3)
			CHECK(syscall(SYS_write, ends[1], "raw", 3) == 3);
		if (omp_get_thread_num() == 2)
			CHECK(syscall(SYS_read, ends[0], text, sizeof text) == 3 && strcmp(text, "raw") == 0);
		errno = 0;
		CHECK(syscall(SYS_close, 12345) == -1 && errno == EBADF);
		CHECK(syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, turn + 1, NULL, NULL, 0) == -1 && errno == EAGAIN);
		CHECK(syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, turn, &soon, NULL, 0) == -1 && errno == ETIMEDOUT);
	}
	value = (int)syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	CHECK(value == 0);
	return checked();
}
