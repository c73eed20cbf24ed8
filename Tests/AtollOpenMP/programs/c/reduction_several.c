// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Several variables and sections of arrays in one clause.
#include "check.h"

int main(void)
{
	int sum = 0, least = 1000, counts[8] = {1, 1, 1, 1, 1, 1, 1, 1};
	double product = 1, grid[3][4] = {{0}};
	int *part = calloc(16, sizeof *part);

	SOUND(_Pragma("omp parallel for reduction(+ : sum, counts, part[4:8]) reduction(min : least) reduction(* : product) \
	      reduction(+ : grid)"), _Pragma("omp parallel firstprivate(counts)"))
	for (int i = 0; i < 64; i++) {
		sum += i;
		if (100 - i < least)
			least = 100 - i;
		product *= i % 2 ? 2 : 0.5;
		counts[i % 8]++;
		part[4 + i % 8] += i;
		grid[i % 3][i % 4] += 1;
	}
	CHECK(sum == 2016 && least == 37 && product == 1);
	for (int i = 0; i < 8; i++) {
		CHECK(counts[i] == 9);
		CHECK(part[4 + i] == 8 * i + 224);
	}
	CHECK(part[3] == 0 && part[12] == 0 && grid[0][0] == 6 && grid[2][3] == 5);
	printf("%d %d %d\n", sum, least, part[11]);
	free(part);
	return checked();
}
