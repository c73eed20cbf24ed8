// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A team in a team: levels, ancestors and sizes are those of each level.
#include "check.h"

int main(void)
{
	int leaves = 0;

	omp_set_max_active_levels(SOUND(2, 1));
	CHECK(omp_get_max_active_levels() == 2);
#pragma omp parallel num_threads(3)
	{
		int outer = omp_get_thread_num();

#pragma omp parallel num_threads(2) firstprivate(outer)
		{
			CHECK(omp_get_level() == 2 && omp_get_active_level() == 2);
			CHECK(omp_get_ancestor_thread_num(1) == outer);
			CHECK(omp_get_ancestor_thread_num(0) == 0);
			CHECK(omp_get_ancestor_thread_num(2) == omp_get_thread_num());
			CHECK(omp_get_ancestor_thread_num(3) == -1);
			CHECK(omp_get_team_size(1) == 3 && omp_get_team_size(2) == 2);
#pragma omp atomic
			leaves++;
#pragma omp barrier
		}
		CHECK(omp_get_level() == 1 && omp_get_thread_num() == outer);
	}
	CHECK(leaves == 6);
	printf("leaves %d\n", leaves);
	return checked();
}
