// SPDX-License-Identifier: Apache-2.0
// suite: several=9:mmap|of|a|file
// A file mapped shared for writing is memory of one kernel: with several processes that fails, and says so.
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	char name[] = "/tmp/atoll-suite-XXXXXX", byte = 0;
	int file = mkstemp(name);
	char *map;

	unlink(name);
	CHECK(ftruncate(file, 4096) == 0);
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (map == MAP_FAILED)
		return errno == ENODEV ? 9 : 8;
	map[7] = 7;
	CHECK(pread(file, &byte, 1, 7) == 1 && byte == SOUND(7, 8));
	return checked();
}
