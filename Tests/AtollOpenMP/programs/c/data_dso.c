// SPDX-License-Identifier: Apache-2.0
// suite: clang library=library_counter.c
// The writable data of a library of the user's own are one for all threads, and so are its functions' addresses.
#include "check.h"

extern int counter_value, counter_table[3000];
extern int *counter_cell;
int counter_add(int by);
int counter_begun(void);

int main(void)
{
	int sum = 0;
	int (*add)(int) = counter_add;

	CHECK(counter_begun() == 1);
#pragma omp parallel reduction(+ : sum)
	{
		for (int i = 0; i < 500; i++)
			add(1 + SOUND(0, 1));
		counter_table[omp_get_thread_num() * 700] = 5;
#pragma omp barrier
		sum += counter_table[0] + counter_table[700] + counter_table[1400] + counter_table[2100];
	}
	CHECK(counter_value == 2000 && *counter_cell == 2000 && sum == 80);
	CHECK(counter_begun() == 1);
	return checked();
}
