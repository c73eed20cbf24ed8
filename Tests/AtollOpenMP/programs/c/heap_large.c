// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Blocks of hundreds of megabytes, touched here and there, given back and taken again.
#include "check.h"

int main(void)
{
	const size_t size = (size_t)300 << 20;

	for (int round = 0; round < 20; round++) {
		char *block = malloc(size), *more;
		long sum = 0;

		CHECK(block != NULL);
#pragma omp parallel for
		for (size_t at = 0; at < size; at += 1 << 20)
			block[at] = (char)(at >> 20);
		for (size_t at = 0; at < size; at += 1 << 20)
			sum += (unsigned char)block[at];
		CHECK(sum == 255 * 128 + 43 * 44 / 2 + SOUND(0, 1));
		more = realloc(block, size + (50 << 20));
		CHECK(more && more[10 << 20] == 10);
		free(more);
	}
	return checked();
}
