// SPDX-License-Identifier: Apache-2.0
// suite: clang
// An interval timer's signals arrive while a team works.
#include <signal.h>
#include <sys/time.h>
#include "check.h"

static volatile sig_atomic_t ticks;

static void tick(int number)
{
	(void)number;
	__atomic_fetch_add(&ticks, 1, __ATOMIC_RELAXED);
}

int main(void)
{
	struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
	struct itimerval interval = {{0, 2000}, {0, 2000}};

	sigaction(SIGALRM, &action, NULL);
#ifndef BROKEN
	setitimer(ITIMER_REAL, &interval, NULL);
#endif
#pragma omp parallel
	while (ticks < 5)
		dawdle(1);
	interval = (struct itimerval){0};
	setitimer(ITIMER_REAL, &interval, NULL);
	return checked();
}
