// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Search by tasks with boards on their makers' stacks.
#include <string.h>
#include "check.h"

static int fits(const char *board, int row, int column)
{
	for (int other = 0; other < row; other++) {
		int apart = board[other] - column;

		if (apart == 0 || apart == row - other || apart == other - row)
			return 0;
	}
	return 1;
}

static void place(const char *board, int row, int size, long *found)
{
	if (row == size) {
#pragma omp atomic
		(*found)++;
		return;
	}
	for (int column = 0; column < size; column++)
		if (fits(board, row, column)) {
#pragma omp task firstprivate(column)
			{
				char next[16];

				memcpy(next, board, (size_t)row);
				next[row] = (char)column;
				place(next, row + 1, size, found);
			}
		}
	// The tasks read this board.
	KEY(omp taskwait)
#ifdef BROKEN
	memset((char *)board, 0, (size_t)row);
#endif
}

int main(void)
{
	char board[16] = {0};
	long found = 0;

#pragma omp parallel
#pragma omp single
	place(board, 0, 8, &found);
	CHECK(found == 92);
	printf("%ld\n", found);
	return checked();
}
