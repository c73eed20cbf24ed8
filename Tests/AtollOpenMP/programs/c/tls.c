// SPDX-License-Identifier: Apache-2.0
// suite: clang
// __thread variables and errno are each thread's own, and pointers to them are good everywhere.
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "check.h"

static __thread int own = 7, many[1000];
#ifdef BROKEN
#define own shared_own
static int shared_own = 7;
#endif

int main(void)
{
	int *errors[4];

#pragma omp parallel
	{
		int me = omp_get_thread_num();

		CHECK(own == 7 && many[999] == 0);
#pragma omp barrier
		own = many[me] = me + 50;
		errno = 1000 + me;
		errors[me] = &errno;
#pragma omp barrier
		CHECK(own == me + 50 && many[me] == me + 50 && errno == 1000 + me);
		CHECK(*errors[(me + 1) % 4] == 1000 + (me + 1) % 4);
#pragma omp barrier
		if (me == 2) {
			CHECK(close(-1) == -1 && errno == EBADF);
		}
#pragma omp barrier
		CHECK(errno == (me == 2 ? EBADF : 1000 + me));
	}
	return checked();
}
