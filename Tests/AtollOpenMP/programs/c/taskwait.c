// SPDX-License-Identifier: Apache-2.0
// suite: clang
// taskwait waits for children, and for nobody else.
#include "check.h"

int main(void)
{
	int children = 0, late = 0;

#pragma omp parallel
#pragma omp single
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < 8; i++)
#pragma omp task shared(children)
		{
			dawdle(2);
#pragma omp atomic
			children++;
		}
		KEY(omp taskwait)
		int seen;
#pragma omp atomic read
		seen = children;
		late += seen != 8 * (round + 1);
	}
	CHECK(late == 0 && children == 800);
	return checked();
}
