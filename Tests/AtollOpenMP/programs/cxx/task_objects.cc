// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Tasks copy what they carry by its copy constructor, and destroy it.
#include <string>
#include <vector>
#include "check.h"

static int alive, copies;

struct Load {
	std::string text;
	explicit Load(int number) : text("a text that is longer than what a string keeps inside " + std::to_string(number))
	{
		__atomic_fetch_add(&alive, 1, __ATOMIC_RELAXED);
	}
	Load(const Load &other) : text(other.text)
	{
		__atomic_fetch_add(&alive, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&copies, 1, __ATOMIC_RELAXED);
	}
	~Load() { __atomic_fetch_sub(&alive, 1, __ATOMIC_RELAXED); }
};

int main()
{
	std::vector<int> hits(300);

#pragma omp parallel
#pragma omp single
	for (int i = 0; i < 300; i++) {
		Load load(i);

#pragma omp task firstprivate(load, i) shared(hits)
		{
			dawdle(1);
			if (load.text == Load(i + SOUND(0, 1)).text)
				hits[i]++;
		}
	}
	for (int hit : hits)
		CHECK(hit == 1);
	CHECK(alive == 0 && copies >= 300);
	return checked();
}
