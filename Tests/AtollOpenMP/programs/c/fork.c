// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A child has copies: what it writes the parent does not see, and its end is its own.
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

static int global = 1;

int main(void)
{
	int local = 2, *heap = malloc(4096), status = 0;

	heap[0] = 3;
#pragma omp parallel
	{
#pragma omp atomic
		global++;
	}
	fflush(stdout);
	for (int round = 0; round < 5; round++) {
		pid_t child = fork();

		if (child == 0) {
			global += 100;
			local += 100;
			heap[0] += 100;
			free(malloc(100000));
			_exit(global + local + heap[0] == SOUND(310, 0) ? 33 : 34);
		}
		CHECK(child > 0);
		CHECK(waitpid(child, &status, 0) == child);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 33);
		CHECK(global == 5 && local == 2 && heap[0] == 3);
	}
#pragma omp parallel
	{
#pragma omp atomic
		global++;
	}
	CHECK(global == 9);
	return checked();
}
