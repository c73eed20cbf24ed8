// SPDX-License-Identifier: Apache-2.0
// suite: clang stderr
// Messages that libc itself writes to standard error, from workers, in turns.
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <error.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	program_invocation_name = program_invocation_short_name = "messages";
#pragma omp parallel
	for (int turn = 0; turn < 4; turn++) {
		if (turn == omp_get_thread_num()) {
			errno = ENOENT + SOUND(0, turn);
			warn("warn %d %g", turn, turn * 0.5);
			warnx("warnx %d", turn);
			error(0, EPERM, "error %d", turn);
			error_at_line(0, 0, "file.c", 10 + turn, "error at line %d", turn);
			errno = EEXIST;
			perror("perror");
			psignal(SIGINT, "psignal");
			dprintf(STDERR_FILENO, "dprintf %d %.1f\n", turn, turn * 1.5);
			errno = ENOSPC;
			fprintf(stderr, "%m\n");
			CHECK(SOUND(turn, 0) == turn);
		}
#pragma omp barrier
	}
	return checked();
}
