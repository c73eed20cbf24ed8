// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Reductions and private copies of class types: constructors, copies and destructors balance.
#include <string>
#include <vector>
#include "check.h"

static int alive;

struct Bag {
	std::vector<int> items;
	Bag() { __atomic_fetch_add(&alive, 1, __ATOMIC_RELAXED); }
	Bag(const Bag &other) : items(other.items) { __atomic_fetch_add(&alive, 1, __ATOMIC_RELAXED); }
	~Bag() { __atomic_fetch_sub(&alive, 1, __ATOMIC_RELAXED); }
	Bag &operator=(const Bag &other) = default;
};

#pragma omp declare reduction(unite : Bag : omp_out.items.insert(omp_out.items.end(), omp_in.items.begin(), omp_in.items.end()))

int main()
{
	{
		Bag all, first;
		long sum = 0;

		first.items = {1, 2, 3};
#pragma omp parallel for reduction(unite : all) firstprivate(first)
		for (int i = 0; i < 500; i++) {
			CHECK(first.items.size() >= 3);
			first.items.push_back(i);
			all.items.push_back(i + SOUND(0, 1));
		}
		for (int item : all.items)
			sum += item;
		CHECK(all.items.size() == 500 && sum == 124750 && first.items.size() == 3);
		Bag last;
#pragma omp parallel for lastprivate(last) schedule(dynamic)
		for (int i = 0; i < 100; i++)
			last.items.assign(1, i);
		CHECK(last.items[0] == 99);
	}
	CHECK(alive == 0);
	return checked();
}
