// SPDX-License-Identifier: Apache-2.0
// suite:
// Dependence objects, iterators, and a wait for some.
// (Not by clang: its dependence object is a pointer, that of gcc's header is not.)
#include "check.h"

int main(void)
{
	int value = 0, parts[10] = {0}, sum = 0, seen = 0;
	omp_depend_t handle;

#pragma omp parallel
#pragma omp single
	{
#pragma omp depobj(handle) depend(inout : value)
		for (int i = 0; i < 100; i++)
#pragma omp task SOUND(depend(depobj : handle), ) shared(value)
		{
			int before = value;

			dawdle(1);
			value = before + 1;
		}
#pragma omp depobj(handle) update(in)
#pragma omp task depend(depobj : handle) shared(value, seen)
		seen = value;
#pragma omp depobj(handle) destroy
		for (int i = 0; i < 10; i++)
#pragma omp task depend(out : parts[i]) shared(parts)
		{
			dawdle(3);
			parts[i] = i;
		}
#pragma omp task SOUND(depend(iterator(i = 0 : 10), in : parts[i]), ) shared(parts, sum)
		for (int i = 0; i < 10; i++)
			sum += parts[i];
	}
	CHECK(value == 100 && seen == 100 && sum == 45);
	return checked();
}
