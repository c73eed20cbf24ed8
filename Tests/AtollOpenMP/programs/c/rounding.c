// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-frounding-math,-lm
// The rounding mode at the first region is the mode of the threads that it makes, for SSE and for x87.
#include <fenv.h>
#include "check.h"

static volatile double one = 1, three = 3;
static volatile long double one_long = 1, three_long = 3;

int main(void)
{
	volatile double nearest = one / three;
	volatile double wanted;
	volatile long double wanted_long;
	int wrong = 0;

	fesetround(FE_UPWARD);
	wanted = one / three;
	wanted_long = one_long / three_long;
	CHECK(wanted > nearest);
#pragma omp parallel reduction(+ : wrong)
	{
#ifdef BROKEN
		fesetround(FE_TONEAREST);
#endif
		wrong += one / three != wanted || one_long / three_long != wanted_long;
		wrong += fegetround() != FE_UPWARD;
	}
	CHECK(wrong == 0);
	return checked();
}
