// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-D_GNU_SOURCE
// Much mapped memory that is given up is the machine's again, not the program's.
#include <string.h>
#include <sys/mman.h>
#include "check.h"

enum { PAGE = 4096, BYTES = 16 << 20 };

static unsigned char resident[BYTES / PAGE];

static int pages(void *memory, size_t bytes)
{
	int count = 0;

	CHECK(mincore(memory, bytes, resident) == 0);
	for (size_t page = 0; page < bytes / PAGE; page++)
		count += resident[page] & 1;
	return count;
}

static void fill(char *memory, size_t bytes)
{
#pragma omp parallel for num_threads(4)
	for (size_t byte = 0; byte < bytes; byte += PAGE)
		memory[byte] = 1;
}

static char *map(void)
{
	return mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

int main(void)
{
	char *memory = map();

	CHECK(memory != MAP_FAILED && pages(memory, BYTES) == 0);
	for (int owner = 0; owner < 4; owner++) {
		fill(memory, BYTES);
		CHECK(pages(memory, BYTES) == BYTES / PAGE);
#pragma omp parallel num_threads(4)
		if (omp_get_thread_num() == owner)
			CHECK(madvise(memory, BYTES / 2, SOUND(MADV_DONTNEED, MADV_NORMAL)) == 0);
		CHECK(pages(memory, BYTES) == BYTES / 2 / PAGE);
		CHECK(munmap(memory, BYTES) == 0);
		memory = map();
		CHECK(memory != MAP_FAILED && pages(memory, BYTES) == 0);
	}
	return checked();
}
