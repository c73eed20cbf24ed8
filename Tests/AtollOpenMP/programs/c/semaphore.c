// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-pthread
// Semaphores count over threads; pthread_once runs once.
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include "check.h"

static sem_t free_slots, baton[4];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int inside, most, begun, order;

static void begin(void)
{
	dawdle(10);
	begun++;
}

int main(void)
{
	int wrong = 0, value;

	sem_init(&free_slots, 0, 2);
	for (int i = 0; i < 4; i++)
		sem_init(&baton[i], 0, i == 0);
#pragma omp parallel reduction(+ : wrong)
	{
		int me = omp_get_thread_num();

		pthread_once(&once, begin);
		wrong += begun != 1;
		for (int i = 0; i < 200; i++) {
			int now;

			sem_wait(&free_slots);
#pragma omp atomic capture
			now = ++inside;
			if (now > SOUND(2, 1))
#pragma omp atomic
				most++;
			dawdle(1);
#pragma omp atomic
			inside--;
			sem_post(&free_slots);
		}
		for (int i = 0; i < 100; i++) {
			sem_wait(&baton[me]);
			wrong += order != 4 * i + me;
			order++;
			sem_post(&baton[(me + 1) % 4]);
		}
	}
	CHECK(wrong == 0 && most == 0 && order == 400);
	CHECK(sem_getvalue(&free_slots, &value) == 0 && value == 2);
	CHECK(sem_trywait(&free_slots) == 0 && sem_trywait(&free_slots) == 0);
	CHECK(sem_trywait(&free_slots) == -1 && errno == EAGAIN);
	return checked();
}
