// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Tasks that carry kilobytes, aligned ones among them.
#include <stdint.h>
#include "check.h"

struct wide {
	_Alignas(64) unsigned char bytes[5000];
};

int main(void)
{
	struct wide block = {{0}};
	int wrong = 0;

#pragma omp parallel
#pragma omp single
	for (int i = 0; i < 200; i++) {
		for (int at = 0; at < 5000; at += 499)
			block.bytes[at] = (unsigned char)(i + at);
#pragma omp task SOUND(firstprivate(block), shared(block)) firstprivate(i) shared(wrong)
		{
			dawdle(1);
			for (int at = 0; at < 5000; at += 499)
				if (block.bytes[at] != (unsigned char)(i + at) || (uintptr_t)&block % 64)
#pragma omp atomic
					wrong++;
		}
	}
	CHECK(wrong == 0);
	return checked();
}
