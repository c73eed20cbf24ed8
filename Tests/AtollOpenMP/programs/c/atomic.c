// SPDX-License-Identifier: Apache-2.0
// suite: clang
// update, read, write, capture and compare, on each size, and on types that need a lock.
#include "check.h"

int main(void)
{
	char tiny = 0;
	short small = 0;
	int plain = 0, tickets[4000] = {0}, largest = 0;
	long wide = 0;
	float real = 0;
	double precise = 0;
	long double longest = 0;

#pragma omp parallel
	for (int round = 0; round < 1000; round++) {
		int ticket;

		KEY(omp atomic)
		tiny++;
		KEY(omp atomic update)
		small += SOUND(2, 3);
		KEY(omp atomic capture)
		ticket = plain++;
		KEY(omp atomic)
		wide = 3 + wide;
		KEY(omp atomic)
		real += 1;
		KEY(omp atomic seq_cst)
		precise += 0.5;
		KEY(omp atomic)
		longest += 1;
#pragma omp atomic
		tickets[ticket % 4000]++;
#pragma omp atomic compare
		if (largest < ticket) { largest = ticket; }
	}
	CHECK(tiny == (char)4000 && small == 8000 && plain == 4000 && wide == 12000);
	CHECK(real == 4000 && precise == 2000 && longest == 4000);
	CHECK(largest == 3999);
	for (int i = 0; i < 4000; i++)
		CHECK(tickets[i] == 1);
	return checked();
}
