// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Constructors, main and exit functions run once; exit functions in reverse order, destructors after them.
#include <unistd.h>
#include "check.h"

static int begun;

static void say(const char *text)
{
	printf("%s\n", text);
	fflush(stdout);
}

__attribute__((constructor)) static void begin(void)
{
	begun++;
	say("constructor");
}

__attribute__((destructor)) static void end(void)
{
	say("destructor");
}

static void first(void)
{
	say("first");
}

static void second(void)
{
	int sum = 0;

	// A region in an exit function.
#pragma omp parallel reduction(+ : sum)
	sum++;
	printf("second, threads %d\n", sum);
	fflush(stdout);
}

int main(void)
{
	CHECK(begun == 1);
	atexit(first);
	atexit(second);
#pragma omp parallel
	CHECK(begun == SOUND(1, 2));
	return checked();
}
