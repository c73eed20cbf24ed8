// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Loops over random access iterators, and range-based loops.
#include <numeric>
#include <random>
#include <vector>
#include "check.h"

int main()
{
	std::vector<int> values(10007);
	long sum = 0, count = 0;

	std::iota(values.begin(), values.end(), 0);
#pragma omp parallel for reduction(+ : sum) schedule(dynamic, 100)
	for (auto at = values.begin(); at < values.end(); at += 2)
		sum += *at;
	CHECK(sum == 5003L * 5004 + SOUND(0, 1));
#pragma omp parallel for reduction(+ : count)
	for (int &value : values) {
		std::minstd_rand engine((unsigned)value + 1);

		value = (int)(engine() % 100);
		count++;
	}
	CHECK(count == 10007);
#pragma omp parallel
	{
#pragma omp for schedule(guided)
		for (auto at = values.rbegin(); at < values.rend(); ++at)
			*at += 1;
	}
	for (int value : values)
		CHECK(value >= 1 && value <= 100);
	return checked();
}
