// SPDX-License-Identifier: Apache-2.0
// suite:
// target regions run on the host: the initial device.
#include "check.h"

#pragma omp declare target
static int table[16];
static int twice(int value) { return 2 * value; }
#pragma omp end declare target

int main(void)
{
	int array[100], where = 0, sum = 0, *heap = malloc(64 * sizeof *heap);

	for (int i = 0; i < 100; i++)
		array[i] = i;
#pragma omp target map(tofrom : array) map(from : where)
	{
		where = omp_is_initial_device();
		for (int i = 0; i < 100; i++)
			array[i] = twice(array[i]) + SOUND(0, 1);
	}
	CHECK(where && array[99] == 198);
#pragma omp target data map(tofrom : array) map(alloc : heap[0:64])
	{
#pragma omp target teams distribute parallel for
		for (int i = 0; i < 100; i++)
			array[i] += 1;
#pragma omp target update from(array)
		CHECK(array[50] == 101);
#pragma omp target parallel for reduction(+ : sum) map(tofrom : sum)
		for (int i = 0; i < 100; i++)
			sum += array[i];
	}
	CHECK(sum == 9900 + 100);
#pragma omp target enter data map(to : heap[0:64])
#pragma omp target nowait depend(out : heap[0]) map(heap[0:64])
	heap[5] = 5;
#pragma omp taskwait
#pragma omp target exit data map(from : heap[0:64])
	CHECK(heap[5] == 5);
#pragma omp target
	table[3] = 9;
	CHECK(table[3] == 9);
	free(heap);
	return checked();
}
