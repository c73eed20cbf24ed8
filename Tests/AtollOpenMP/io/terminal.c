// SPDX-License-Identifier: Apache-2.0
// A worker talks to the terminal: a prompt without an end of line is there before the answer is read.
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
#pragma omp parallel num_threads(2)
	if (omp_get_thread_num() == 1) {
		char line[40] = "", *name = ttyname(STDOUT_FILENO);

		printf("terminal %d %d, name? ", isatty(STDOUT_FILENO), name && !strncmp(name, "/dev/pts/", 9));
		if (fgets(line, sizeof line, stdin))
			printf("hello %s", line);
		printf("no end of line");
	}
	return 0;
}
