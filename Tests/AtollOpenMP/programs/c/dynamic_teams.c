// SPDX-License-Identifier: Apache-2.0
// suite: clang
// With dynamic adjustment a team may be smaller than asked for, never larger, never empty.
#include "check.h"

int main(void)
{
	CHECK(!omp_get_dynamic());
	omp_set_dynamic(SOUND(1, 0));
	CHECK(omp_get_dynamic());
	for (int wanted = 1; wanted < 8; wanted++) {
		int size = 0;

#pragma omp parallel num_threads(wanted) reduction(+ : size)
		size++;
		CHECK(size >= 1 && size <= wanted);
	}
	omp_set_dynamic(0);
	return checked();
}
