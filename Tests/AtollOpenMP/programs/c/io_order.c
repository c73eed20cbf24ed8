// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Lines of threads that take turns stay in their order, through stdout and through puts, putchar and fwrite.
#include <string.h>
#include "check.h"

int main(void)
{
#pragma omp parallel for ordered schedule(static, 1)
	for (int i = 0; i < 40; i++) {
		KEY(omp ordered)
		{
			if (SOUND(0, i % 4 == 0))
				dawdle(50);
			printf("%d: ", i);
			puts("puts");
			putchar('c');
			fputs("fputs ", stdout);
			fwrite("fwrite\n", 1, 7, stdout);
			fputc('\n', stdout);
		}
	}
	return checked();
}
