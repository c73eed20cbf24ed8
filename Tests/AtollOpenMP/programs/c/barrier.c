// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Nobody passes before all have come, a thousand times.
#include "check.h"

static volatile int phase[4];

int main(void)
{
	int early = 0;

#pragma omp parallel reduction(+ : early)
	{
		int me = omp_get_thread_num();

		for (int round = 1; round <= 1000; round++) {
			if (round % 200 == me)
				dawdle(2);
			phase[me] = round;
			KEY(omp barrier)
			for (int other = 0; other < 4; other++)
				early += phase[other] < round || phase[other] > round + 1;
		}
	}
	CHECK(early == 0);
	return checked();
}
