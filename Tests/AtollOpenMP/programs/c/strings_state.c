// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Functions of the C library that keep a place between calls: strtok, localtime, qsort's caller, strerror.
#include <string.h>
#include <time.h>
#include "check.h"

int main(void)
{
	char text[] = "one two three four";
	char *words[4];
	time_t zero = 86400 * 365;

	words[0] = strtok(text, " ");
#pragma omp parallel for ordered schedule(static, 1)
	for (int i = 1; i < 4; i++) {
#pragma omp ordered
		words[i] = strtok(NULL, SOUND(" ", ","));
	}
	for (int i = 0; i < 4; i++) {
		CHECK(words[i] != NULL);
		puts(words[i] ? words[i] : "none");
	}
#pragma omp parallel
	{
		struct tm broken_down;
		char *rest = NULL, own[] = "a,b";

		CHECK(gmtime_r(&zero, &broken_down) && broken_down.tm_year == 71);
		CHECK(strcmp(strtok_r(own, ",", &rest), "a") == 0);
		CHECK(strlen(strerror(2)) > 5);
	}
	return checked();
}
