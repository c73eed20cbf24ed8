// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Each iteration once, whatever the chunk, whatever the count.
#include "check.h"

static int hits[1000];

int main(void)
{
	for (int count = 0; count <= 1000; count += 125)
		for (int chunk = 1; chunk <= 64; chunk *= 4) {
			for (int i = 0; i < 1000; i++)
				hits[i] = 0;
#pragma omp parallel
			{
				KEY(omp for schedule(dynamic, chunk))
				for (int i = 0; i < count; i++)
#pragma omp atomic
					hits[i]++;
			}
			for (int i = 0; i < 1000; i++)
				CHECK(hits[i] == (i < count));
		}
	return checked();
}
