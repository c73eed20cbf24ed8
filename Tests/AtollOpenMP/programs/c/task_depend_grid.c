// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A wavefront: each block after the one above and the one to the left; dependences on array elements.
#include "check.h"

#define SIDE 20

int main(void)
{
	static int grid[SIDE + 1][SIDE + 1];

#pragma omp parallel
#pragma omp single
	for (int i = 1; i <= SIDE; i++)
		for (int j = 1; j <= SIDE; j++)
#pragma omp task SOUND(depend(in : grid[i - 1][j], grid[i][j - 1]), ) depend(out : grid[i][j])
		{
			int up = grid[i - 1][j], left = grid[i][j - 1];

			dawdle(1);
			grid[i][j] = (up > left ? up : left) + 1;
		}
	for (int i = 1; i <= SIDE; i++)
		for (int j = 1; j <= SIDE; j++)
			CHECK(grid[i][j] == i + j - 1);
	return checked();
}
