// SPDX-License-Identifier: Apache-2.0
// suite: stderr env=OMP_SCHEDULE=sideways env=OMP_DYNAMIC=perhaps env=OMP_STACKSIZE=x env=OMP_THREAD_LIMIT=-4
// Bad values are named and ignored, as libgomp names them.
#include "check.h"

int main(void)
{
	omp_sched_t kind;
	int chunk;

	omp_get_schedule(&kind, &chunk);
	CHECK(kind == omp_sched_dynamic && chunk == 1 && !omp_get_dynamic());
	CHECK(omp_get_thread_limit() > 100 && omp_get_max_threads() == SOUND(4, 5));
	return checked();
}
