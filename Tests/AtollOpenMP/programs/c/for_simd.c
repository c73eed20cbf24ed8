// SPDX-License-Identifier: Apache-2.0
// suite: clang
// for simd, linear, order(concurrent), and the loop construct.
#include "check.h"

int main(void)
{
	static float x[1024], y[1024];
	int place = 0, sum = 0;

	for (int i = 0; i < 1024; i++)
		x[i] = (float)i;
#pragma omp parallel for simd schedule(simd : static, 8) linear(place : 2)
	for (int i = 0; i < 1024; i++) {
		y[i] = 3 * x[i] + (float)place;
		place += 2;
	}
	for (int i = 0; i < 1024; i++)
		CHECK(y[i] == 5 * (float)i);
	CHECK(place == 2048);
#pragma omp parallel for order(concurrent) reduction(+ : sum)
	for (int i = 0; i < 1000; i++)
		sum += i;
#pragma omp parallel reduction(+ : sum)
	{
		KEY(omp loop bind(parallel))
		for (int i = 0; i < 1000; i++)
			sum += i;
	}
	CHECK(sum == 2 * 499500);
	return checked();
}
