// SPDX-License-Identifier: Apache-2.0
// suite: clang
// The program becomes another one; its code is the new one's.
#include <unistd.h>
#include "check.h"

int main(void)
{
	int sum = 0;

#pragma omp parallel reduction(+ : sum)
	sum++;
	printf("threads %d\n", sum);
	fflush(stdout);
	execl("/bin/sh", "sh", "-c", SOUND("echo replaced", "echo stayed"), (char *)NULL);
	return 1;
}
