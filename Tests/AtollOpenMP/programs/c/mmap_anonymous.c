// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Anonymous mappings, private and shared, made by any thread, are seen by all; parts are unmapped, protected, moved.
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include "check.h"

#define SIZE (1 << 20)

int main(void)
{
	char *maps[4];
	// A shared mapping cannot grow: there is nothing behind its end.
	size_t sizes[4] = {2 * SIZE, SIZE / 4, 2 * SIZE, SIZE / 4};

	for (int round = 0; round < 10; round++) {
#pragma omp parallel
		{
			int me = omp_get_thread_num(), next = (me + 1) % 4;
			int flags = MAP_ANONYMOUS | (me % 2 ? MAP_SHARED : MAP_PRIVATE);

			maps[me] = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);
			CHECK(maps[me] != MAP_FAILED && maps[me][0] == 0 && maps[me][SIZE - 1] == 0);
			memset(maps[me], me + 1, SIZE);
#pragma omp barrier
			CHECK(maps[next][SIZE - 1] == next + 1 + SOUND(0, 1));
			maps[next][5] = 77;
#pragma omp barrier
			CHECK(maps[me][5] == 77);
			CHECK(munmap(maps[me] + SIZE / 2, SIZE / 2) == 0);
			CHECK(mprotect(maps[me], 4096, PROT_READ) == 0 && maps[me][5] == 77);
			CHECK(mprotect(maps[me], 4096, PROT_READ | PROT_WRITE) == 0);
			CHECK(madvise(maps[me], SIZE / 2, MADV_WILLNEED) == 0);
			maps[me] = mremap(maps[me], SIZE / 2, sizes[me], MREMAP_MAYMOVE);
			CHECK(maps[me] != MAP_FAILED && maps[me][5] == 77 && maps[me][6] == me + 1);
			CHECK(maps[me][sizes[me] - 1] == (me % 2 ? me + 1 : 0));
#pragma omp barrier
			CHECK(munmap(maps[next], sizes[next]) == 0);
		}
	}
	return checked();
}
