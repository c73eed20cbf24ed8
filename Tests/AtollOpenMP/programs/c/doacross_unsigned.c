// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Dependences between iterations of unsigned long long loops, and of falling ones.
#include "check.h"

typedef unsigned long long word;

static word value[200];

int main(void)
{
	word top = ~0ull - 10;

#pragma omp parallel for ordered(1) schedule(dynamic)
	for (word i = top - 150; i < top; i++) {
		word at = i - (top - 150) + 1;

		KEY(omp ordered depend(sink : i - 1))
		value[at] = value[at - 1] + 1;
#pragma omp ordered depend(source)
	}
	CHECK(value[150] == 150);
#pragma omp parallel for ordered(1) schedule(static, 2)
	for (int i = 150; i > 0; i--) {
		KEY(omp ordered depend(sink : i + 1))
		value[i] = value[i + 1] + 2;
#pragma omp ordered depend(source)
	}
	CHECK(value[1] == 300);
	return checked();
}
