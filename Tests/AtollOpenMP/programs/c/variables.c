// SPDX-License-Identifier: Apache-2.0
// suite: clang
// The library's calls about the state that programs ask and set.
#include <string.h>
#include "check.h"

int main(void)
{
	CHECK(omp_get_num_procs() >= 1);
	CHECK(omp_get_max_threads() == SOUND(4, 5));
	CHECK(omp_get_level() == 0 && omp_get_active_level() == 0);
	CHECK(omp_get_thread_num() == 0 && omp_get_ancestor_thread_num(0) == 0);
	CHECK(omp_get_team_size(0) == 1 && omp_get_team_size(1) == -1);
	CHECK(omp_get_supported_active_levels() > 0);
	CHECK(!omp_in_final() && omp_get_max_task_priority() == 0);
	CHECK(!omp_get_nested());
	omp_set_nested(1);
	CHECK(omp_get_max_active_levels() > 1);
	omp_set_max_active_levels(3);
	CHECK(omp_get_max_active_levels() == 3);
	omp_set_num_teams(5);
	CHECK(omp_get_max_teams() == 5);
	omp_set_teams_thread_limit(6);
	CHECK(omp_get_teams_thread_limit() == 6);
	omp_set_num_threads(2);
#pragma omp parallel
	{
		omp_set_num_threads(10 + omp_get_thread_num());
		omp_set_dynamic(omp_get_thread_num());
#pragma omp barrier
		CHECK(omp_get_max_threads() == 10 + omp_get_thread_num());
		CHECK(omp_get_dynamic() == omp_get_thread_num());
	}
	CHECK(omp_get_max_threads() == 2 && !omp_get_dynamic());
	CHECK(omp_pause_resource_all(omp_pause_soft) == 0);
	return checked();
}
