// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Handlers run, once a signal, whichever thread sends it; the program is one process.
#include <signal.h>
#include <unistd.h>
#include "check.h"

static volatile sig_atomic_t caught;

static void catch(int number)
{
	(void)number;
	__atomic_fetch_add(&caught, 1, __ATOMIC_RELAXED);
}

int main(void)
{
	struct sigaction action = {.sa_handler = catch};

	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
#pragma omp parallel
	for (int i = 0; i < 4; i++) {
#pragma omp critical
		{
			int before = caught;

			kill(getpid(), SIGUSR1);
			while (caught == before)
				dawdle(1);
		}
	}
	CHECK(caught == 16);
	raise(SIGUSR1);
	CHECK(caught == SOUND(17, 18));
	return checked();
}
