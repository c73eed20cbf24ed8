// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A thread still takes iterations of a loop with a table (two constructs in one) while another, that has none left of
// it, is 63 constructs ahead.
#include "check.h"

int main(void)
{
	enum { ROUNDS = 10, COUNT = 8, AHEAD = 62 };
	static int runs[ROUNDS][COUNT], singles;

	for (int round = 0; round < ROUNDS; round++) {
		int is_ahead = 0, is_inside = 0, is_past = 0;

#pragma omp parallel
		{
			int is_first = 0;

			KEY(omp for schedule(dynamic, 1) ordered(1) nowait)
			for (int i = 0; i < COUNT; i++) {
#pragma omp atomic
				runs[round][i]++;
				if (i == 0 && omp_get_num_threads() > 1) {
					is_first = 1;
					while (SOUND(!__atomic_load_n(&is_ahead, __ATOMIC_ACQUIRE), 0))
						sched_yield();
					// It must not come so far; where it does, it is given the time to.
					for (int step = 0; step < 2000; step++)
						if (!__atomic_load_n(&is_inside, __ATOMIC_ACQUIRE))
							sched_yield();
				}
				SOUND(_Pragma("omp ordered depend(source)"), )
			}
			if (is_first)
				__atomic_store_n(&is_past, 1, __ATOMIC_RELEASE);
			for (int step = 0; step < AHEAD; step++) {
				// No runtime need let it come further ahead than this.
				if (step == AHEAD / 2 && !is_first)
					__atomic_store_n(&is_ahead, 1, __ATOMIC_RELEASE);
#pragma omp single nowait
				__atomic_fetch_add(&singles, 1, __ATOMIC_RELAXED);
			}
#pragma omp for schedule(monotonic : dynamic, 1) nowait
			for (int i = 0; i < COUNT; i++) {
				if (i != 0 || omp_get_num_threads() == 1)
					continue;
				__atomic_store_n(&is_inside, 1, __ATOMIC_RELEASE);
				while (SOUND(!__atomic_load_n(&is_past, __ATOMIC_ACQUIRE), 0))
					sched_yield();
			}
		}
	}
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < COUNT; i++)
			CHECK(runs[round][i] == 1);
	return checked();
}
