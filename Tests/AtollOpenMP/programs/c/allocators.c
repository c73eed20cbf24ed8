// SPDX-License-Identifier: Apache-2.0
// suite: clang
// omp_alloc and its family, with predefined allocators, traits, and the allocate clause.
#include <stdint.h>
#include <string.h>
#include "check.h"

int main(void)
{
	omp_alloctrait_t traits[] = {{omp_atk_alignment, 256}, {omp_atk_pool_size, 65536},
				     {omp_atk_fallback, omp_atv_null_fb}};
	omp_allocator_handle_t own = omp_init_allocator(omp_default_mem_space, 3, traits);
	char *shared[4], *part;
	int value = 0;

	CHECK(own != omp_null_allocator);
	CHECK(omp_get_default_allocator() == omp_default_mem_alloc);
#pragma omp parallel
	{
		int me = omp_get_thread_num();

		shared[me] = omp_alloc(1000, omp_default_mem_alloc);
		memset(shared[me], 'a' + me, 1000);
#pragma omp barrier
		CHECK(shared[(me + 1) % 4][999] == 'a' + (me + 1) % 4);
#pragma omp barrier
		omp_free(shared[(me + 1) % 4], omp_default_mem_alloc);
	}
	part = omp_alloc(5000, own);
	CHECK(part && (uintptr_t)part % SOUND(256, 65536 * 64) == 0);
	CHECK(omp_alloc(70000, own) == NULL);
	omp_free(part, own);
	part = omp_calloc(100, 50, own);
	CHECK(part && part[0] == 0 && part[4999] == 0);
	part = omp_realloc(part, 10000, own, own);
	CHECK(part != NULL);
	omp_free(part, own);
	part = omp_aligned_alloc(512, 1024, omp_high_bw_mem_alloc);
	CHECK(part && (uintptr_t)part % 512 == 0);
	omp_free(part, omp_null_allocator);
#pragma omp parallel private(value) allocate(omp_default_mem_alloc : value)
	{
		value = omp_get_thread_num();
		dawdle(1);
		CHECK(value == omp_get_thread_num());
	}
	omp_destroy_allocator(own);
	return checked();
}
