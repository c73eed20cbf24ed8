// SPDX-License-Identifier: Apache-2.0
// suite: clang
// mutexinoutset: in any order, never two at once, after the writer and before the reader.
#include "check.h"

int main(void)
{
	int sum = -1, result = -1;

#pragma omp parallel
#pragma omp single
	for (int round = 0; round < 20; round++) {
#pragma omp task depend(out : sum) shared(sum)
		sum = 0;
		for (int i = 1; i <= 20; i++)
#pragma omp task SOUND(depend(mutexinoutset : sum), depend(in : sum)) shared(sum)
		{
			int before = sum;

			dawdle(2);
			sum = before + i;
		}
#pragma omp task depend(in : sum) shared(sum, result)
		result = sum;
#pragma omp taskwait
		CHECK(result == 210);
	}
	return checked();
}
