// SPDX-License-Identifier: Apache-2.0
// suite: clang
// setjmp and longjmp within a thread.
#include <setjmp.h>
#include "check.h"

__attribute__((noinline)) static void leave(jmp_buf *target, int depth)
{
	if (depth == 0)
		longjmp(*target, 7);
	if (depth > 0)
		leave(target, depth - 1);
}

int main(void)
{
	int jumps = 0;

#pragma omp parallel reduction(+ : jumps)
	for (int i = 0; i < 100; i++) {
		jmp_buf target;
		int value = setjmp(target);

		if (value == 0)
			leave(&target, 10);
		jumps += value == SOUND(7, 8);
	}
	CHECK(jumps == 400);
	return checked();
}
