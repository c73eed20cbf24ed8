// SPDX-License-Identifier: Apache-2.0
// suite: clang
// getline, getdelim, fputc_unlocked and flockfile, on a stream of another thread's.
#define _GNU_SOURCE
#include <string.h>
#include "check.h"

int main(void)
{
	FILE *file = tmpfile();
	int lengths = 0, broken = 0;

#pragma omp parallel
	for (int i = 0; i < 50; i++) {
#ifndef BROKEN
		flockfile(file);
#endif
		for (int at = 0; at < 20; at++) {
			putc_unlocked('a' + omp_get_thread_num(), file);
			if (at == 10)
				dawdle(1);
		}
		putc_unlocked('\n', file);
#ifndef BROKEN
		funlockfile(file);
#endif
	}
	rewind(file);
#pragma omp parallel reduction(+ : lengths, broken)
	{
		char *line = NULL;
		size_t room = 0;

#pragma omp critical
		for (int i = 0; i < 50 && getline(&line, &room, file) == 21; i++) {
			lengths += 21;
			for (int at = 1; at < 20; at++)
				broken += line[at] != line[0];
		}
		free(line);
	}
	CHECK(lengths == 4200 && broken == 0);
	fclose(file);
	return checked();
}
