// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Nestable locks count their owner's entries and keep others out.
#include "check.h"

static omp_nest_lock_t lock;
static long count;

static void enter(int depth)
{
	omp_set_nest_lock(&lock);
	long before = count;

	dawdle(depth == 3);
	count = before + 1;
	if (depth)
		enter(depth - 1);
	omp_unset_nest_lock(&lock);
}

int main(void)
{
	int refused = 0;

	omp_init_nest_lock(&lock);
#pragma omp parallel
	for (int i = 0; i < 200; i++)
		enter(3);
	CHECK(count == 3200);
	CHECK(omp_test_nest_lock(&lock) == 1);
	CHECK(omp_test_nest_lock(&lock) == SOUND(2, 1));
#pragma omp parallel reduction(+ : refused)
	if (omp_get_thread_num())
		refused += omp_test_nest_lock(&lock) == 0;
	CHECK(refused == 3);
	omp_unset_nest_lock(&lock);
	omp_unset_nest_lock(&lock);
	omp_destroy_nest_lock(&lock);
	return checked();
}
