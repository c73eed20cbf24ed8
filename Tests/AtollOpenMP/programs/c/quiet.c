// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A program that computes has the processors: what watches over its processes seldom runs meanwhile.
#include <sys/resource.h>
#include <time.h>
#include "check.h"

static long waits(void)
{
	struct rusage usage;

	CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
	return usage.ru_nvcsw;
}

static long milliseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int main(void)
{
	const struct timespec nap = {0, SOUND(0, 100000)};
	long begun = milliseconds(), before = waits(), passed;

	// The first tenths of a second of a program, or after something has happened, are when it looks most.
	do {
		if (nap.tv_nsec)
			nanosleep(&nap, NULL);
		passed = milliseconds() - begun;
	} while (passed < 300);
	// Two processes that looked each half millisecond would have waited 1200 times. On a busy machine it
	// takes longer, and they wait less often.
	CHECK(waits() - before < 400 + passed / 2);
	return checked();
}
