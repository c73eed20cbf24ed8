// SPDX-License-Identifier: Apache-2.0
// suite: clang
// schedule(auto): each iteration once.
#include "check.h"

int main(void)
{
	int hits[333] = {0};

#pragma omp parallel
	{
		KEY(omp for schedule(auto))
		for (int i = 0; i < 333; i++)
#pragma omp atomic
			hits[i]++;
	}
	for (int i = 0; i < 333; i++)
		CHECK(hits[i] == 1);
	return checked();
}
