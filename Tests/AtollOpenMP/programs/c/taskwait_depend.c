// SPDX-License-Identifier: Apache-2.0
// suite: clang
// taskwait depend waits for the tasks named, not for all.
#include "check.h"

int main(void)
{
	int first = 0, gate = 0, other = 0;

	// The second task ends only after the wait for the first: waiting for both would never end.
#pragma omp parallel num_threads(4)
#pragma omp single
	{
#pragma omp task depend(out : first) shared(first)
		{
			dawdle(30);
			first = 1;
		}
#pragma omp task depend(out : other) shared(other, gate)
		{
			for (int open = 0; !open; dawdle(1)) {
#pragma omp atomic read acquire
				open = gate;
			}
			other = 1;
		}
		KEY(omp taskwait depend(in : first))
		CHECK(first == 1);
#pragma omp atomic write release
		gate = 1;
	}
	CHECK(other == 1);
	return checked();
}
