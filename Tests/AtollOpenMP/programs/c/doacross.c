// SPDX-License-Identifier: Apache-2.0
// suite: clang
// ordered(n) with depend(sink) and depend(source), in one and two dimensions, each schedule.
#include "check.h"

static int chain[300], grid[24][24];

#define WAIT(...) SOUND(_Pragma(#__VA_ARGS__), )

#define CHAIN(text)                                                                                                    \
	_Pragma(text) for (int i = 1; i < 300; i++)                                                                    \
	{                                                                                                              \
		WAIT(omp ordered depend(sink : i - 1))                                                                 \
		chain[i] = chain[i - 1] + 1;                                                                           \
		_Pragma("omp ordered depend(source)")                                                                  \
	}                                                                                                              \
	for (int i = 0; i < 300; i++) {                                                                                \
		CHECK(chain[i] == i);                                                                                  \
		chain[i] = 0;                                                                                          \
	}

#define GRID(text)                                                                                                     \
	_Pragma(text) for (int i = 1; i < 24; i++) for (int j = 1; j < 24; j++)                                        \
	{                                                                                                              \
		WAIT(omp ordered depend(sink : i - 1, j) depend(sink : i, j - 1))                                      \
		grid[i][j] = (grid[i - 1][j] > grid[i][j - 1] ? grid[i - 1][j] : grid[i][j - 1]) + 1;                  \
		_Pragma("omp ordered depend(source)")                                                                  \
	}                                                                                                              \
	CHECK(grid[23][23] == 45 && grid[1][23] == 23 && grid[12][5] == 16);                                           \
	for (int i = 0; i < 24 * 24; i++)                                                                              \
		(&grid[0][0])[i] = 0;

int main(void)
{
	CHAIN("omp parallel for ordered(1) schedule(static)")
	CHAIN("omp parallel for ordered(1) schedule(static, 1)")
	CHAIN("omp parallel for ordered(1) schedule(dynamic)")
	CHAIN("omp parallel for ordered(1) schedule(dynamic, 3)")
	CHAIN("omp parallel for ordered(1) schedule(guided)")
	CHAIN("omp parallel for ordered(1) schedule(runtime)")
	GRID("omp parallel for ordered(2) schedule(static, 1)")
	GRID("omp parallel for ordered(2) schedule(dynamic)")
	GRID("omp parallel for collapse(2) ordered(2) schedule(dynamic, 2)")
	return checked();
}
