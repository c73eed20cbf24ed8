// SPDX-License-Identifier: Apache-2.0
// suite: clang flags=-pthread
// mtx, cnd, call_once and tss of C11.
#include <threads.h>
#include "check.h"

static mtx_t lock;
static cnd_t changed;
static once_flag flag = ONCE_FLAG_INIT;
static tss_t key;
static int begun, turn;

static void begin(void)
{
	begun++;
}

int main(void)
{
	int rounds = 0;

	mtx_init(&lock, mtx_plain);
	cnd_init(&changed);
	tss_create(&key, NULL);
#pragma omp parallel reduction(+ : rounds)
	{
		int me = omp_get_thread_num();

		call_once(&flag, begin);
		CHECK(begun == SOUND(1, 2));
		tss_set(key, &me);
		for (int i = 0; i < 100; i++) {
			mtx_lock(&lock);
			while (turn % 4 != me)
				cnd_wait(&changed, &lock);
			turn++;
			rounds++;
			cnd_broadcast(&changed);
			mtx_unlock(&lock);
		}
		CHECK(tss_get(key) == &me);
	}
	CHECK(rounds == 400 && turn == 400);
	return checked();
}
