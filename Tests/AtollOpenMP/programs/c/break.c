// SPDX-License-Identifier: Apache-2.0
// suite: clang
// sbrk gives memory that all threads share.
#include <unistd.h>
#include "check.h"

int main(void)
{
	char *old = sbrk(0), *block = sbrk(65536);

	CHECK(block != (void *)-1 && block == old);
#pragma omp parallel
	block[omp_get_thread_num() * 10000] = (char)(5 + omp_get_thread_num());
	for (int i = 0; i < 4; i++)
		CHECK(block[i * 10000] == 5 + i + SOUND(0, 1));
	CHECK(sbrk(0) == block + 65536);
	return checked();
}
