// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A tied task goes on in the thread that began it, across every point where it may be set aside.
#include "check.h"

static int own;
#pragma omp threadprivate(own)

int main(void)
{
	int moved = 0;

#pragma omp parallel
	{
		own = omp_get_thread_num() + SOUND(0, 1);
#pragma omp barrier
#pragma omp single
		for (int i = 0; i < 200; i++)
#pragma omp task shared(moved)
		{
			int before = own, thread = omp_get_thread_num();

#pragma omp task
			dawdle(1);
#pragma omp taskwait
#pragma omp taskyield
			if (own != before || thread != omp_get_thread_num() || own != thread)
#pragma omp atomic
				moved++;
		}
	}
	CHECK(moved == 0);
	return checked();
}
