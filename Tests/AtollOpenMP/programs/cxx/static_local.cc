// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A static of a function is made once, though all threads come to it first.
#include <string>
#include <vector>
#include "check.h"

static int made;

struct Slow {
	std::vector<int> values;
	Slow()
	{
		dawdle(20);
		made++;
		values.assign(1000, 5);
	}
};

template <int which> static Slow &instance()
{
#ifdef BROKEN
	static Slow *slow;
	if (!slow)
		slow = new Slow;
	return *slow;
#else
	static Slow slow;
	return slow;
#endif
}

int main()
{
#pragma omp parallel
	{
		CHECK(instance<0>().values[999] == 5);
#pragma omp barrier
		CHECK(instance<1>().values[999] == 5);
#pragma omp barrier
		CHECK(instance<2>().values.size() == 1000);
	}
	CHECK(made == 3);
	return checked();
}
