// SPDX-License-Identifier: Apache-2.0
// Runs a program of the suite again and again in the same process: its main function goes by another name.
#undef main
#include <stdlib.h>

int one_time();

int main(int count, char **arguments)
{
	const char *times = getenv("ATOLL_SUITE_TIMES");
	int code = 0;

	for (long left = times ? atol(times) : 1; left > 0 && !code; left--)
		code = one_time(count, arguments);
	return code;
}
