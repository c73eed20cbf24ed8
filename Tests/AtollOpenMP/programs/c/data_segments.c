// SPDX-License-Identifier: Apache-2.0
// suite: clang variants=-no-pie;-Wl,-z,now;-Wl,-z,norelro;-static-libgcc
// Initialised data, zeroed data, statics of functions, and tables of pointers are one for all threads.
#include "check.h"

static int initialised[5000] = {1, 2, 3};
static int zeroed[5000];
static int *const pointers[] = {&initialised[1], &zeroed[4999]};
static const char *words[] = {"none", "one", "two", "three"};
int common_symbol;

static int ticket(void)
{
	static int next = 100;
	int mine;

#pragma omp atomic capture
	mine = next++;
	return mine;
}

int main(void)
{
	int tickets = 0;

#pragma omp parallel reduction(+ : tickets)
	{
		int me = omp_get_thread_num();

		zeroed[me * 1000] = SOUND(me + 1, me);
		initialised[4000 + me] += me;
		tickets += ticket();
#pragma omp atomic
		common_symbol++;
#pragma omp critical
		{
			++*pointers[0];
			++*pointers[1];
			words[0] = words[me ? me : 3];
		}
	}
	for (int i = 0; i < 4; i++)
		CHECK(zeroed[i * 1000] == i + 1 && initialised[4000 + i] == i);
	CHECK(tickets == 406 && ticket() == 104 && common_symbol == 4);
	CHECK(initialised[1] == 6 && zeroed[4999] == 4 && words[0] != words[3] - 1000);
	return checked();
}
