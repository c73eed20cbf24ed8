// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A fresh anonymous mapping is zero though memory was dirty, and MADV_DONTNEED zeroes again.
#include <string.h>
#include <sys/mman.h>
#include "check.h"

int main(void)
{
	long dirty = 0;

#pragma omp parallel reduction(+ : dirty)
	for (int round = 0; round < 50; round++) {
		size_t size = (size_t)(round % 7 + 1) * 65536;
		char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		for (size_t i = 0; i < size; i += 512)
			dirty += map[i] != SOUND(0, 1);
		memset(map, 0xaa, size);
		madvise(map, size, MADV_DONTNEED);
		for (size_t i = 0; i < size; i += 512)
			dirty += map[i] != 0;
		memset(map, 0xaa, size);
		munmap(map, size);
	}
	CHECK(dirty == 0);
	return checked();
}
