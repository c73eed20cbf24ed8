// SPDX-License-Identifier: Apache-2.0
// suite: env=OMP_CANCELLATION=true
// Groups, task loops and regions are cancelled while their tasks run and are made, over and over.
#include "check.h"

static void group(void)
{
	int begun = 0, ended = 0, after = 0;

#pragma omp parallel num_threads(4)
#pragma omp single
	{
#pragma omp taskgroup
		for (int i = 0; i < 500; i++) {
#pragma omp task shared(begun, ended) firstprivate(i)
			{
#pragma omp atomic
				begun++;
				if (i == 20) {
					KEY(omp cancel taskgroup)
					;
				}
#pragma omp cancellation point taskgroup
#pragma omp atomic
				ended++;
			}
		}
#pragma omp task shared(after)
		after = 1;
	}
	CHECK(ended <= begun);
	CHECK(ended < 500);
	CHECK(after == 1);
}

static void loop(void)
{
	int count = 0, all = 0;

#pragma omp parallel num_threads(4)
#pragma omp single
	{
#pragma omp taskloop num_tasks(100) shared(count)
		for (int i = 0; i < 1000; i++) {
#pragma omp cancel taskgroup
#pragma omp atomic
			count++;
		}
#pragma omp taskloop shared(all)
		for (int i = 0; i < 1000; i++) {
#pragma omp atomic
			all++;
		}
	}
	CHECK(count == 0);
	CHECK(all == 1000);
}

static void region(void)
{
	int count = 0;

#pragma omp parallel num_threads(4)
	{
		for (int i = 0; i < 20; i++) {
#pragma omp task shared(count)
			{
#pragma omp atomic
				count++;
			}
		}
#pragma omp cancel parallel
		CHECK(0);
	}
	CHECK(count <= 80);
	count = 0;
#pragma omp parallel num_threads(4)
	{
#pragma omp task shared(count)
		{
#pragma omp atomic
			count++;
		}
#pragma omp barrier
		CHECK(count == omp_get_num_threads());
	}
}

int main(void)
{
	for (int round = 0; round < 100; round++) {
		group();
		loop();
		region();
	}
	return checked();
}
