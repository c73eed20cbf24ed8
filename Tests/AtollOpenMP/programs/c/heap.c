// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Blocks made by one thread are filled, grown and freed by others.
#include <string.h>
#include "check.h"

int main(void)
{
	char *blocks[4][200];

	for (int round = 0; round < 10; round++) {
#pragma omp parallel
		{
			int me = omp_get_thread_num(), next = (me + 1) % 4, after = (me + 2) % 4;

			for (int i = 0; i < 200; i++) {
				blocks[me][i] = malloc((size_t)(i * 13 % 3000) + 1);
				CHECK(blocks[me][i] != NULL);
				blocks[me][i][i * 13 % 3000] = (char)(me + i);
			}
#pragma omp barrier
			for (int i = 0; i < 200; i++)
				blocks[next][i] = realloc(blocks[next][i], (size_t)(i * 13 % 3000) + 1 + (size_t)i * 40);
#pragma omp barrier
			for (int i = 0; i < 200; i++) {
				CHECK(blocks[after][i][i * 13 % 3000] == (char)(after + i + SOUND(0, 1)));
				memset(blocks[after][i], 0xee, (size_t)(i * 40));
				free(blocks[after][i]);
			}
		}
	}
	return checked();
}
