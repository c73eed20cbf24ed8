// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A megabyte in one write by a worker, and as much read back by another.
#include <string.h>
#include <unistd.h>
#include "check.h"

#define SIZE (1 << 20)

int main(void)
{
	FILE *file = tmpfile();
	char *block = malloc(SIZE), *back = calloc(1, SIZE);

	for (int i = 0; i < SIZE; i++)
		block[i] = (char)(i * 31);
#pragma omp parallel
	{
		if (omp_get_thread_num() == 3) {
			CHECK(fwrite(block, 1, SIZE, file) == SIZE);
			fflush(file);
		}
#pragma omp barrier
		if (omp_get_thread_num() == SOUND(2, 5)) {
			rewind(file);
			CHECK(fread(back, 1, SIZE, file) == SIZE);
		}
	}
	CHECK(memcmp(block, back, SIZE) == 0);
#pragma omp parallel
	if (omp_get_thread_num() == 3) {
		for (int i = 0; i < 3000; i++)
			fputs("a line of thirty-two characters\n", stdout);
	}
	fclose(file);
	free(block);
	free(back);
	return checked();
}
