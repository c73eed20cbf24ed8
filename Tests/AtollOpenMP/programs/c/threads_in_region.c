// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-pthread
// A worker makes a thread and joins it; keys hold each thread's own value.
#include <pthread.h>
#include "check.h"

static pthread_key_t key;

static void *twice(void *argument)
{
	int *value = argument;

	CHECK(pthread_getspecific(key) == NULL);
	pthread_setspecific(key, value);
	*value *= SOUND(2, 3);
	CHECK(pthread_getspecific(key) == value);
	return NULL;
}

int main(void)
{
	CHECK(pthread_key_create(&key, NULL) == 0);
#pragma omp parallel
	for (int round = 0; round < 10; round++) {
		int value = 21 + omp_get_thread_num();
		pthread_t thread;

		pthread_setspecific(key, &key);
		CHECK(pthread_create(&thread, NULL, twice, &value) == 0);
		CHECK(pthread_join(thread, NULL) == 0);
		CHECK(value == 42 + 2 * omp_get_thread_num());
		CHECK(pthread_getspecific(key) == &key);
		CHECK(pthread_equal(pthread_self(), pthread_self()));
	}
	return checked();
}
