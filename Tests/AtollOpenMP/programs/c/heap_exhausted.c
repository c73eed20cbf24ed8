// SPDX-License-Identifier: Apache-2.0
// suite: clang slow
// Memory runs out with NULL and ENOMEM, and is there again after free.
#include <errno.h>
#include <sys/resource.h>
#include "check.h"

int main(void)
{
	static char *volatile blocks[100000];
	int count = 0;
	// clang takes for granted that malloc leaves errno alone.
	volatile int *error = &errno;
	// Where nothing else bounds the program, this does.
	struct rlimit limit = {(rlim_t)48 << 30, (rlim_t)48 << 30};

	CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
	*error = 0;
#ifndef BROKEN
	while (count < 100000 && (blocks[count] = malloc((size_t)128 << 20)))
		count++;
#endif
	CHECK(count > 1 && count < 100000 && *error == ENOMEM);
	while (count)
		free(blocks[--count]);
	blocks[0] = malloc((size_t)128 << 20);
	CHECK(blocks[0] != NULL);
	free(blocks[0]);
	return checked();
}
