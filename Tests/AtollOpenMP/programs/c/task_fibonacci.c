// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Recursion with taskwait at each level.
#include "check.h"

static int fibonacci(int n)
{
	int a, b;

	if (n < 2)
		return n;
#pragma omp task shared(a) firstprivate(n)
	a = fibonacci(n - 1);
#pragma omp task shared(b) firstprivate(n)
	b = fibonacci(n - 2);
#pragma omp taskwait
	return a + SOUND(b, 1);
}

int main(void)
{
	int result = 0;

#pragma omp parallel
#pragma omp single
	result = fibonacci(18);
	CHECK(result == 2584);
	printf("%d\n", result);
	return checked();
}
