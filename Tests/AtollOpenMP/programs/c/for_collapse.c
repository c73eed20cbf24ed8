// SPDX-License-Identifier: Apache-2.0
// suite: clang
// collapse: rectangular and triangular nests.
#include "check.h"

int main(void)
{
	int hits[6][7][8] = {{{0}}}, triangle = 0;

#pragma omp parallel
	{
		KEY(omp for collapse(3) schedule(dynamic, 5))
		for (int i = 0; i < 6; i++)
			for (int j = 0; j < 7; j++)
				for (int k = 8; k > 0; k--)
#pragma omp atomic
					hits[i][j][k - 1]++;
	}
	for (int i = 0; i < 6 * 7 * 8; i++)
		CHECK((&hits[0][0][0])[i] == 1);
#pragma omp parallel reduction(+ : triangle)
	{
		KEY(omp for collapse(2))
		for (int i = 0; i < 40; i++)
			for (int j = i; j < 40; j++)
				triangle += j - i + 1;
	}
	CHECK(triangle == 40 * 41 * 42 / 6);
	return checked();
}
