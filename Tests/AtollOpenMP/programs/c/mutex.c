// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-pthread
// Mutexes of each kind keep threads apart; wrong use is told.
#include <errno.h>
#include <pthread.h>
#include "check.h"

static pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER, recursive, strict;
static long one, two;

int main(void)
{
	pthread_mutexattr_t kind;
	int refused = 0;

	pthread_mutexattr_init(&kind);
	pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
	CHECK(pthread_mutex_init(&recursive, &kind) == 0);
	pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
	CHECK(pthread_mutex_init(&strict, &kind) == 0);
#pragma omp parallel
	for (int i = 0; i < 2000; i++) {
#ifndef BROKEN
		pthread_mutex_lock(&plain);
#endif
		long before = one;

		if (i % 64 == 0)
			dawdle(1);
		one = before + 1;
#ifndef BROKEN
		pthread_mutex_unlock(&plain);
#endif
		pthread_mutex_lock(&recursive);
		pthread_mutex_lock(&recursive);
		two++;
		pthread_mutex_unlock(&recursive);
		pthread_mutex_unlock(&recursive);
	}
	CHECK(one == 8000 && two == 8000);
	CHECK(pthread_mutex_lock(&strict) == 0 && pthread_mutex_lock(&strict) == EDEADLK);
	CHECK(pthread_mutex_lock(&plain) == 0 && pthread_mutex_trylock(&plain) == EBUSY);
#pragma omp parallel reduction(+ : refused)
	if (omp_get_thread_num()) {
		refused += pthread_mutex_unlock(&strict) == EPERM;
		refused += pthread_mutex_trylock(&strict) == EBUSY;
		refused += pthread_mutex_trylock(&plain) == EBUSY;
	}
	CHECK(refused == 9);
	CHECK(pthread_mutex_unlock(&strict) == 0 && pthread_mutex_unlock(&strict) == EPERM);
	CHECK(pthread_mutex_unlock(&plain) == 0 && pthread_mutex_destroy(&plain) == 0);
	return checked();
}
