// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-pthread
// A bounded buffer with two conditions; a timed wait that runs out; a broadcast.
#include <errno.h>
#include <pthread.h>
#include <time.h>
#include "check.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, emptied = PTHREAD_COND_INITIALIZER;
static int buffer[4], count, taken, open;
static long sum;

int main(void)
{
	struct timespec soon;
	int passed = 0;

#pragma omp parallel
	for (int i = 0; i < 500; i++) {
		pthread_mutex_lock(&lock);
		if (omp_get_thread_num() < 2) {
			while (count == 4)
				pthread_cond_wait(&emptied, &lock);
			buffer[count++] = i;
			pthread_cond_signal(&filled);
		} else {
			while (count == 0)
				pthread_cond_wait(&filled, &lock);
			sum += buffer[--count] + SOUND(0, 1);
			taken++;
			pthread_cond_signal(&emptied);
		}
		pthread_mutex_unlock(&lock);
	}
	CHECK(taken == 1000 && sum == 2 * 124750);
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_nsec += 1000000;
	if (soon.tv_nsec >= 1000000000) {
		soon.tv_nsec -= 1000000000;
		soon.tv_sec++;
	}
	pthread_mutex_lock(&lock);
	CHECK(pthread_cond_timedwait(&filled, &lock, &soon) == ETIMEDOUT);
	pthread_mutex_unlock(&lock);
#pragma omp parallel reduction(+ : passed)
	{
		pthread_mutex_lock(&lock);
		if (omp_get_thread_num() == 3) {
			open = 1;
			pthread_cond_broadcast(&filled);
		}
		while (!open)
			pthread_cond_wait(&filled, &lock);
		passed++;
		pthread_mutex_unlock(&lock);
	}
	CHECK(passed == 4);
	return checked();
}
