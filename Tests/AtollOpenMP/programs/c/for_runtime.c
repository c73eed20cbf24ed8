// SPDX-License-Identifier: Apache-2.0
// suite: clang
// schedule(runtime) follows omp_set_schedule, each kind.
#include "check.h"

int main(void)
{
	omp_sched_t kinds[] = {omp_sched_static, omp_sched_dynamic, omp_sched_guided, omp_sched_auto};
	int owner[120];

	for (int kind = 0; kind < 4; kind++)
		for (int chunk = 1; chunk < 12; chunk += 5) {
			omp_sched_t kept;
			int kept_chunk, sum = 0;

			omp_set_schedule(kinds[kind], chunk);
			omp_get_schedule(&kept, &kept_chunk);
			CHECK((kept & ~omp_sched_monotonic) == kinds[kind]);
			CHECK(kind == 3 || kept_chunk == chunk);
#pragma omp parallel reduction(+ : sum)
			{
				KEY(omp for schedule(runtime))
				for (int i = 0; i < 120; i++) {
					owner[i] = omp_get_thread_num();
					sum += i;
				}
			}
			CHECK(sum == 7140);
			for (int i = 0; kind == 0 && i < 120; i++)
				CHECK(owner[i] == i / chunk % 4);
		}
	return checked();
}
