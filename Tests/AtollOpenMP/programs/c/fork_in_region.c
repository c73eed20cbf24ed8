// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A worker forks; the child leaves at once, and the worker waits for it.
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	int right = 0;

#pragma omp parallel reduction(+ : right)
	{
#pragma omp critical
		{
			int status = 0;
			pid_t child = fork();

			if (child == 0)
				_exit(50 + omp_get_thread_num() + SOUND(0, 1));
			right += child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
				 WEXITSTATUS(status) == 50 + omp_get_thread_num();
		}
	}
	CHECK(right == 4);
	return checked();
}
