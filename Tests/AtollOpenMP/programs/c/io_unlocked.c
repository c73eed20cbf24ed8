// SPDX-License-Identifier: Apache-2.0
// suite: clang
// The macros of <stdio.h> that reach into a stream's buffer, by the thread whose turn it is.
#define _GNU_SOURCE
#include <string.h>
#include "check.h"

int main(void)
{
	FILE *file = tmpfile();
	int wrong = 0;

	printf("begin ");
#pragma omp parallel reduction(+ : wrong)
	for (int turn = 0; turn < 40; turn++) {
		if (turn % 4 == omp_get_thread_num()) {
			for (int i = 0; i < 600; i++)
				wrong += putc_unlocked('a' + turn % 26, file) != 'a' + turn % 26;
			putchar_unlocked('A' + turn % 26);
			wrong += fputs_unlocked("|", stdout) < 0;
		}
#pragma omp barrier
	}
	putchar('\n');
	CHECK(wrong == 0 && ftell(file) == 24000);
	rewind(file);
#pragma omp parallel reduction(+ : wrong)
	for (int turn = 0; turn < 40; turn++) {
		if (turn % 4 == omp_get_thread_num())
			for (int i = 0; i < 600; i++)
				wrong += getc_unlocked(file) != 'a' + (turn + SOUND(0, 1)) % 26 || feof_unlocked(file);
#pragma omp barrier
	}
	CHECK(wrong == 0 && getc_unlocked(file) == EOF && feof_unlocked(file));
#pragma omp parallel
	CHECK(feof(file) && feof_unlocked(file) && !ferror_unlocked(file));
	fclose(file);
	return checked();
}
