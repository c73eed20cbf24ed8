// SPDX-License-Identifier: Apache-2.0
// suite: clang
// in, out and inout: readers between writers, each sees what the writer before it left.
#include "check.h"

int main(void)
{
	int value = 0, wrong = 0, chain = 0;

#pragma omp parallel
#pragma omp single
	{
		for (int round = 0; round < 200; round++) {
#pragma omp task SOUND(depend(out : value), ) shared(value) firstprivate(round)
			{
				dawdle(1);
				value = round;
			}
			for (int reader = 0; reader < 3; reader++)
#pragma omp task SOUND(depend(in : value), ) shared(value, wrong) firstprivate(round)
				if (value != round)
#pragma omp atomic
					wrong++;
		}
		for (int round = 0; round < 500; round++)
#pragma omp task depend(inout : chain) shared(chain)
			chain = chain + 1;
	}
	CHECK(wrong == 0 && chain == 500 && value == 199);
	return checked();
}
