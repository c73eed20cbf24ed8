// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-pthread,-D_GNU_SOURCE
// Robust mutexes: who takes one whose owner has ended is told so, wherever either runs, and can repair it.
#include <errno.h>
#include <pthread.h>
#include <time.h>
#include "check.h"

enum { TEAM = 4 };

static pthread_mutex_t mutex, other;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int deaths, taken;

static void *take_and_end(void *nothing)
{
	int result = pthread_mutex_lock(&mutex);

	if (result == EOWNERDEAD) {
		__atomic_fetch_add(&deaths, 1, __ATOMIC_SEQ_CST);
		CHECK(pthread_mutex_consistent(&mutex) == 0);
	}
	CHECK(result == 0 || result == EOWNERDEAD);
	__atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST);
	return nothing;
}

static void *wait_and_end(void *nothing)
{
	CHECK(pthread_mutex_lock(&mutex) == 0);
	__atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST);
	// Taken by one that ends with it in the meantime.
	CHECK(pthread_cond_wait(&condition, &mutex) == EOWNERDEAD);
	CHECK(pthread_mutex_consistent(&mutex) == 0);
	CHECK(pthread_mutex_unlock(&mutex) == 0);
	return nothing;
}

static void *signal_and_end(void *nothing)
{
	CHECK(pthread_mutex_lock(&mutex) == 0);
	CHECK(pthread_mutex_lock(&other) == 0);
	CHECK(pthread_mutex_unlock(&other) == 0);
	CHECK(pthread_cond_broadcast(&condition) == 0);
	return nothing;
}

static void run(void *(*body)(void *))
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, body, NULL) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
}

int main(void)
{
	static const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK};
	pthread_mutexattr_t attributes;
	pthread_t waiter;

	for (int kind = 0; kind < 3; kind++) {
		const struct timespec past = {1, 0};
		int robust = -1;

		deaths = taken = 0;
		CHECK(pthread_mutexattr_init(&attributes) == 0);
		CHECK(pthread_mutexattr_settype(&attributes, types[kind]) == 0);
		CHECK(pthread_mutexattr_setrobust(&attributes, SOUND(PTHREAD_MUTEX_ROBUST, PTHREAD_MUTEX_ROBUST + 7)) == 0);
		CHECK(pthread_mutexattr_getrobust(&attributes, &robust) == 0 && robust == PTHREAD_MUTEX_ROBUST);
		CHECK(pthread_mutex_init(&mutex, &attributes) == 0);
		CHECK(pthread_mutex_init(&other, &attributes) == 0);
		if (robust != PTHREAD_MUTEX_ROBUST)
			break;

		// Each next one finds it as the one before left it.
#pragma omp parallel num_threads(TEAM)
		run(take_and_end);
		CHECK(taken == TEAM && deaths == TEAM - 1);
		CHECK(pthread_mutex_trylock(&mutex) == EOWNERDEAD);
		CHECK(pthread_mutex_consistent(&mutex) == 0);
		CHECK(pthread_mutex_consistent(&mutex) == EINVAL);
		if (kind == 1) {
			CHECK(pthread_mutex_lock(&mutex) == 0);
			CHECK(pthread_mutex_unlock(&mutex) == 0);
		} else if (kind == 2) {
			CHECK(pthread_mutex_lock(&mutex) == EDEADLK);
		}
#pragma omp parallel num_threads(TEAM)
		if (omp_get_thread_num() == TEAM - 1) {
			CHECK(pthread_mutex_trylock(&mutex) == EBUSY);
			CHECK(pthread_mutex_timedlock(&mutex, &past) == ETIMEDOUT);
			CHECK(pthread_mutex_unlock(&mutex) == EPERM);
		}
		CHECK(pthread_mutex_unlock(&mutex) == 0);

		// A condition's waiter is told too.
		taken = 0;
#pragma omp parallel num_threads(TEAM)
		if (omp_get_thread_num() == TEAM - 1) {
			CHECK(pthread_create(&waiter, NULL, wait_and_end, NULL) == 0);
			while (!__atomic_load_n(&taken, __ATOMIC_SEQ_CST))
				dawdle(1);
		}
		run(signal_and_end);
		CHECK(pthread_join(waiter, NULL) == 0);

		// As a lock among many.
		long sum = 0;
#pragma omp parallel num_threads(TEAM)
		for (int i = 0; i < 500; i++) {
			CHECK(pthread_mutex_lock(&mutex) == 0);
			CHECK(pthread_mutex_lock(&other) == 0);
			sum++;
			CHECK(pthread_mutex_unlock(&mutex) == 0);
			CHECK(pthread_mutex_unlock(&other) == 0);
		}
		CHECK(sum == 500 * TEAM);

		// Who does not repair it leaves it useless, for all.
#pragma omp parallel num_threads(TEAM)
		if (omp_get_thread_num() == TEAM - 1)
			run(take_and_end);
		CHECK(pthread_mutex_lock(&mutex) == EOWNERDEAD);
		CHECK(pthread_mutex_unlock(&mutex) == 0);
#pragma omp parallel num_threads(TEAM)
		CHECK(pthread_mutex_lock(&mutex) == ENOTRECOVERABLE);
		CHECK(pthread_mutex_destroy(&mutex) == 0);
		CHECK(pthread_mutex_destroy(&other) == 0);
	}

	// A protocol of priorities, for threads that have none.
	CHECK(pthread_mutexattr_init(&attributes) == 0);
	CHECK(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT) == 0);
	CHECK(pthread_mutex_init(&mutex, &attributes) == 0);
	long sum = 0;
#pragma omp parallel num_threads(TEAM)
	for (int i = 0; i < 200; i++) {
		CHECK(pthread_mutex_lock(&mutex) == 0);
		sum++;
		CHECK(pthread_mutex_unlock(&mutex) == 0);
	}
	CHECK(sum == 200 * TEAM);
	CHECK(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_PROTECT) == 0);
	CHECK(pthread_mutex_init(&other, &attributes) == 0);
#pragma omp parallel num_threads(TEAM)
	CHECK(pthread_mutex_lock(&other) == EINVAL);
	CHECK(pthread_mutex_destroy(&other) == 0);
	return checked();
}
