// SPDX-License-Identifier: Apache-2.0
// suite: clang
// master and masked with a filter: exactly the thread named, and no barrier.
#include "check.h"

int main(void)
{
	int master = 0, masked = 0, filtered = 0;

#pragma omp parallel
	{
		KEY(omp master)
		{
			CHECK(omp_get_thread_num() == 0);
#pragma omp atomic
			master++;
		}
		KEY(omp masked)
#pragma omp atomic
		masked++;
		KEY(omp masked filter(2))
		{
			CHECK(omp_get_thread_num() == 2);
#pragma omp atomic
			filtered++;
		}
	}
	CHECK(master == 1 && masked == 1 && filtered == 1);
	return checked();
}
