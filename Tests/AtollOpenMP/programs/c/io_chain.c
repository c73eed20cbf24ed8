// SPDX-License-Identifier: Apache-2.0
// suite: clang
// All threads but one are blocked, each in a read of its own; what frees them comes round from thread to thread.
#include <unistd.h>
#include "check.h"

int main(void)
{
	int ends[4][2], wrong = 0;

	for (int i = 0; i < 4; i++)
		CHECK(pipe(ends[i]) == 0);
#pragma omp parallel reduction(+ : wrong)
	{
		int me = omp_get_thread_num(), next = (me + 1) % 4;

		for (int round = 0; round < 50; round++) {
			int value = round;

			if (me == 0)
				wrong += write(ends[next][1], &value, sizeof value) != sizeof value;
			wrong += read(ends[me][0], &value, sizeof value) != sizeof value;
			wrong += value != round + (me == 0 ? 3 : me - 1);
			value += SOUND(1, 2);
			if (me != 0)
				wrong += write(ends[next][1], &value, sizeof value) != sizeof value;
		}
	}
	CHECK(wrong == 0);
	return checked();
}
