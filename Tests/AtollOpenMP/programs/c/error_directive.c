// SPDX-License-Identifier: Apache-2.0
// suite: exit=1
// error at(execution): a warning goes on, a fatal one ends the program with code 1.
#include "check.h"

int main(void)
{
	puts("before");
	fflush(stdout);
#pragma omp error at(execution) severity(warning) message("a warning")
	puts("between");
	fflush(stdout);
	KEY(omp error at(execution) severity(fatal) message("the end"))
	puts("after");
	return 0;
}
