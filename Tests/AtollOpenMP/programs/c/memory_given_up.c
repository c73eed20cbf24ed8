// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-D_GNU_SOURCE
// MADV_DONTNEED makes anonymous memory zeros, for all threads, also where it is protected meanwhile.
#include <string.h>
#include <sys/mman.h>
#include "check.h"

enum { PAGE = 4096 };

static int is_zero(const char *bytes, size_t count)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, count - 1) == 0;
}

int main(void)
{
	static const size_t sizes[] = {16 * PAGE, 4 << 20};

	for (int size = 0; size < 2; size++) {
		size_t bytes = sizes[size];
		char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		CHECK(memory != MAP_FAILED);
		for (int round = 0; round < 4; round++) {
#pragma omp parallel num_threads(4)
			{
				int me = omp_get_thread_num();

				memset(memory + me * (bytes / 4), me + 1, bytes / 4);
#pragma omp barrier
				CHECK(memory[bytes / 2] == 3 && memory[bytes - 1] == 4);
#pragma omp barrier
				if (me == round) {
					// What nobody may touch is given up all the same.
					if (round % 2)
						CHECK(mprotect(memory, bytes / 2, PROT_NONE) == 0);
					CHECK(madvise(memory, bytes - PAGE, SOUND(MADV_DONTNEED, MADV_NORMAL)) == 0);
					CHECK(mprotect(memory, bytes, PROT_READ | PROT_WRITE) == 0);
				}
#pragma omp barrier
				CHECK(is_zero(memory, bytes - PAGE));
				CHECK(memory[bytes - PAGE] == 4 && memory[bytes - 1] == 4);
			}
		}
		CHECK(munmap(memory, bytes) == 0);
	}
	return checked();
}
