// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Each size from one to nine, as a clause and by the call; the clause wins, for its region only.
#include "check.h"

static int team(int clause)
{
	int count = 0;

#ifdef BROKEN
#pragma omp parallel reduction(+ : count)
#else
#pragma omp parallel num_threads(clause) reduction(+ : count)
#endif
	count++;
	return count + 0 * clause;
}

static int plain_team(void)
{
	int count = 0;

#pragma omp parallel reduction(+ : count)
	count++;
	return count;
}

int main(void)
{
	for (int size = 1; size <= 9; size++) {
		CHECK(team(size) == size);
		CHECK(plain_team() == 4);
	}
	for (int size = 9; size >= 1; size--) {
		omp_set_num_threads(size);
		CHECK(omp_get_max_threads() == size);
		CHECK(plain_team() == size);
		CHECK(team(10 - size) == 10 - size);
	}
	omp_set_num_threads(4);
	return checked();
}
