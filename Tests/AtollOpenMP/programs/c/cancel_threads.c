// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-pthread
// pthread_cancel of the program's own threads by threads of the team: each runs where its maker runs, waits in one of
// many ways, and is cancelled and joined by another. Cleanup handlers and destructors of keys run.
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

enum { TEAM = 4, KINDS = 11 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_key_t key;
static sem_t never;
static int empty[2], full[2];
static int ready, cleaned, destroyed, held, came_back, may_go;

static void add(int *count) { __atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST); }
static int value(const int *count) { return __atomic_load_n(count, __ATOMIC_SEQ_CST); }
static void destroy(void *pointer) { add(pointer); }
static void clean(void *pointer) { add(pointer); }

static void clean_mutex(void *pointer)
{
	// Mine: POSIX has a cancelled pthread_cond_wait take it again.
	held++;
	pthread_mutex_unlock(pointer);
}

static void *forever(void *nothing)
{
	for (;;)
		pause();
	return nothing;
}

static void wait_for(long kind)
{
	const struct timespec long_time = {100000, 0}, until = {time(NULL) + 100000, 0};
	struct pollfd descriptor = {.fd = empty[0], .events = POLLIN};
	static char block[1 << 16];
	char byte;

	switch (kind) {
	case 0:
	case 1:
		pthread_mutex_lock(&mutex);
		pthread_cleanup_push(clean_mutex, &mutex);
		for (;;)
			if (kind)
				pthread_cond_wait(&condition, &mutex);
			else
				pthread_cond_timedwait(&condition, &mutex, &until);
		pthread_cleanup_pop(1);
		break;
	case 2:
		sem_wait(&never);
		break;
	case 3:
		(void)!read(empty[0], &byte, 1);
		break;
	case 4:
		for (;;)
			(void)!write(full[1], block, sizeof(block));
		break;
	case 5:
		nanosleep(&long_time, NULL);
		break;
	case 6:
		for (;;) {
			pthread_testcancel();
			sched_yield();
		}
	case 7:
		// Not before it says so.
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
		while (value(&may_go) < TEAM)
			sched_yield();
		add(&came_back);
		pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
		pthread_testcancel();
		break;
	case 8:
		poll(&descriptor, 1, -1);
		break;
	case 9:
		pause();
		break;
	default:
		pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
		for (;;)
			__asm__ volatile("" ::: "memory");
	}
}

static void *run(void *kind)
{
	pthread_setspecific(key, &destroyed);
	pthread_cleanup_push(clean, &cleaned);
	add(&ready);
	wait_for((long)kind);
	pthread_cleanup_pop(0);
	return NULL;
}

int main(void)
{
	pthread_t threads[TEAM], joiner;

	pthread_key_create(&key, destroy);
	sem_init(&never, 0, 0);
	CHECK(pipe(empty) == 0 && pipe(full) == 0);
	for (long kind = 0; kind < KINDS; kind++) {
		ready = cleaned = destroyed = held = 0;
#pragma omp parallel num_threads(TEAM)
		{
			int me = omp_get_thread_num(), other = (me + 1) % TEAM;
			void *result = NULL;

			CHECK(pthread_create(&threads[me], NULL, run, (void *)kind) == 0);
#pragma omp barrier
			while (value(&ready) < TEAM)
				sched_yield();
			CHECK(pthread_cancel(threads[other]) == 0);
			if (kind == 7)
				add(&may_go);
			CHECK(pthread_join(threads[other], &result) == 0);
			CHECK(result == SOUND(PTHREAD_CANCELED, NULL));
		}
		CHECK(cleaned == TEAM);
		CHECK(destroyed == TEAM);
		CHECK(held == (kind < 2 ? TEAM : 0));
		CHECK(pthread_mutex_trylock(&mutex) == 0);
		pthread_mutex_unlock(&mutex);
	}
	CHECK(came_back == TEAM);

	// A thread that joins: whom it waited for can be joined by another.
#pragma omp parallel num_threads(TEAM)
	if (omp_get_thread_num() == TEAM - 1) {
		void *join(void *thread);

		CHECK(pthread_create(&threads[0], NULL, forever, NULL) == 0);
		CHECK(pthread_create(&joiner, NULL, join, &threads[0]) == 0);
	}
	void *result = NULL;

	CHECK(pthread_cancel(joiner) == 0);
	CHECK(pthread_join(joiner, &result) == 0 && result == PTHREAD_CANCELED);
	CHECK(pthread_cancel(threads[0]) == 0);
	CHECK(pthread_join(threads[0], &result) == 0 && result == PTHREAD_CANCELED);
	return checked();
}

void *join(void *thread)
{
	pthread_join(*(pthread_t *)thread, NULL);
	return NULL;
}
