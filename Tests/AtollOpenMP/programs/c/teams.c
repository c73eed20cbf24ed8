// SPDX-License-Identifier: Apache-2.0
// suite:
// teams on the host: a league, distribute, and parallel regions inside.
#include "check.h"

int main(void)
{
	int hits[200] = {0}, leagues = 0, teams = 0;

#pragma omp teams num_teams(3) thread_limit(2) reduction(+ : leagues)
	{
		leagues++;
		if (omp_get_team_num() == 0)
			teams = omp_get_num_teams();
#pragma omp distribute parallel for
		for (int i = 0; i < 200; i++)
#pragma omp atomic
			hits[i] += SOUND(1, 2);
	}
	CHECK(leagues == teams && teams >= 1 && teams <= 3);
	for (int i = 0; i < 200; i++)
		CHECK(hits[i] == 1);
	CHECK(omp_get_num_teams() == 1 && omp_get_team_num() == 0);
	return checked();
}
