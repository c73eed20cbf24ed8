// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-pthread
// Readers together, writers alone; the spin lock and the barrier too.
#include <errno.h>
#include <pthread.h>
#include "check.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_barrier_t gate;
static long left, right, spun;

int main(void)
{
	int torn = 0, serial = 0, readers = 0;

	pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
	pthread_barrier_init(&gate, NULL, 4);
#pragma omp parallel reduction(+ : torn, serial)
	{
		for (int i = 0; i < 1000; i++) {
			if (i % 4 == 0) {
				pthread_rwlock_wrlock(&lock);
				left++;
				if (i % 64 == 0)
					dawdle(1);
				right += SOUND(1, i % 64 != 0);
				pthread_rwlock_unlock(&lock);
			} else {
				pthread_rwlock_rdlock(&lock);
				torn += left != right;
				pthread_rwlock_unlock(&lock);
			}
			pthread_spin_lock(&spin);
			spun++;
			pthread_spin_unlock(&spin);
		}
		for (int i = 0; i < 50; i++)
			serial += pthread_barrier_wait(&gate) == PTHREAD_BARRIER_SERIAL_THREAD;
		// All hold it at once.
		pthread_rwlock_rdlock(&lock);
#pragma omp atomic
		readers++;
		pthread_barrier_wait(&gate);
		CHECK(readers == 4 && pthread_rwlock_trywrlock(&lock) == EBUSY);
		pthread_barrier_wait(&gate);
		pthread_rwlock_unlock(&lock);
	}
	CHECK(torn == 0 && serial == 50 && left == 1000 && right == 1000 && spun == 4000);
	return checked();
}
