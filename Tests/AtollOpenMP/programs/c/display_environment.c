// SPDX-License-Identifier: Apache-2.0
// suite: stderr
// omp_display_env writes the same as libgomp does.
#include "check.h"

int main(void)
{
	fflush(stdout);
	omp_display_env(SOUND(0, 1));
	fflush(stderr);
	return checked();
}
