// SPDX-License-Identifier: Apache-2.0
// suite: clang stderr
// Standard error takes lines of all threads, in the order they were written.
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
#pragma omp parallel for ordered schedule(static, 1)
	for (int i = 0; i < 20; i++) {
		KEY(omp ordered)
		{
			if (SOUND(0, i % 4 == 0))
				dawdle(100);
			fprintf(stderr, "line %d\n", i);
			if (i == 7) {
				errno = ENOENT;
				perror("seven");
			}
			if (i == 11)
				CHECK(write(2, "raw\n", 4) == 4);
		}
	}
	return checked();
}
