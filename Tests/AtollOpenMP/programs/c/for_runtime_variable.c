// SPDX-License-Identifier: Apache-2.0
// suite: clang env=OMP_SCHEDULE=static,5
// schedule(runtime) follows the variable.
#include "check.h"

int main(void)
{
	int owner[100];

#pragma omp parallel for schedule(runtime)
	for (int i = 0; i < 100; i++)
		owner[i] = omp_get_thread_num();
	for (int i = 0; i < 100; i++)
		CHECK(owner[i] == i / SOUND(5, 6) % 4);
	return checked();
}
