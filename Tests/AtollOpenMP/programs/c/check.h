// SPDX-License-Identifier: Apache-2.0
// What each program of the suite checks with. A program prints what it found, the same in each run, and ends with
// `right` and code 0, or with the conditions that did not hold and code 1.
#ifndef CHECK_H
#define CHECK_H

#include <omp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

// KEY(omp critical): the construct under test. The suite compiles each program a second time with -DBROKEN, which
// leaves it out or puts something wrong in its place; that program must fail, or the test proves nothing.
#ifdef BROKEN
#define KEY(...)
#define SOUND(sound, broken) broken
#else
#define KEY(...) KEY_TEXT(__VA_ARGS__)
#define KEY_TEXT(...) _Pragma(#__VA_ARGS__)
#define SOUND(sound, broken) sound
#endif

static int check_failures;

static inline void check(int holds, const char *text, int line)
{
	if (holds)
		return;
	if (__atomic_fetch_add(&check_failures, 1, __ATOMIC_RELAXED) < 8)
		printf("line %d: not so: %s\n", line, text);
}

#define CHECK(condition) check((condition) ? 1 : 0, #condition, __LINE__)

// Gives another thread the chance to come between.
static inline void dawdle(int steps)
{
	for (int step = 0; step < steps; step++)
		sched_yield();
}

static inline int checked(void)
{
	if (check_failures) {
		printf("wrong: %d\n", check_failures);
		return 1;
	}
	puts("right");
	return 0;
}

#endif
