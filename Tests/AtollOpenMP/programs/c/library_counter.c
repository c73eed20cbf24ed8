// SPDX-License-Identifier: Apache-2.0
// A library with data of its own, a constructor, and a block that the constructor made.
#include <stdlib.h>

int counter_value, counter_table[3000];
int *counter_cell;
static int begun;

__attribute__((constructor)) static void begin(void)
{
	counter_cell = malloc(sizeof *counter_cell);
	*counter_cell = 0;
	begun++;
}

int counter_begun(void)
{
	return begun;
}

int counter_add(int by)
{
	int now;

#pragma omp critical(counter)
	{
		counter_value += by;
		*counter_cell += by;
		now = counter_value;
	}
	return now;
}
