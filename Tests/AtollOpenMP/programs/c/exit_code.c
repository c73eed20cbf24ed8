// SPDX-License-Identifier: Apache-2.0
// suite: clang exit=42
// main's value is the program's.
#include "check.h"

int main(void)
{
	int sum = 0;

#pragma omp parallel reduction(+ : sum)
	sum += omp_get_thread_num();
	return sum * 7 + SOUND(0, 1);
}
