// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A detached task ends when its event is fulfilled, by whatever thread, before or after its body ended.
#include "check.h"

int main(void)
{
	int order[3] = {0}, clock = 0;

	for (int round = 0; round < 50; round++) {
		omp_event_handle_t event;
		int body = 0, next = 0;

#pragma omp parallel num_threads(4)
#pragma omp single
		{
#pragma omp task detach(event) depend(out : body) shared(body)
			body = 1;
#pragma omp task firstprivate(event) shared(order, clock)
			{
				dawdle(round % 7);
#pragma omp atomic capture
				order[0] = ++clock;
#ifdef BROKEN
				if (round % 2)
#endif
				omp_fulfill_event(event);
			}
#pragma omp task depend(in : body) shared(order, clock, body, next)
			{
				next = body;
#pragma omp atomic capture
				order[1] = ++clock;
			}
		}
		CHECK(next == 1);
		CHECK(order[1] > order[0]);
	}
	return checked();
}
