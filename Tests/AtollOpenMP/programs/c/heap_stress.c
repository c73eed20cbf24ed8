// SPDX-License-Identifier: Apache-2.0
// suite: clang
// All threads allocate and free at random, handing blocks to one another through a table.
#include <stdint.h>
#include <string.h>
#include "check.h"

#define SLOTS 512

struct block {
	size_t size;
	unsigned char bytes[];
};

static struct block *table[SLOTS];

int main(void)
{
	long wrong = 0;

#pragma omp parallel reduction(+ : wrong)
	{
		uint64_t state = 88172645463325252ull + (uint64_t)omp_get_thread_num();

		for (int i = 0; i < 30000; i++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			size_t size = state % (i % 100 == 0 ? 300000 : 600) + 1;
			struct block *made = malloc(sizeof *made + size), *old;

			made->size = size;
			memset(made->bytes, (int)(size & 255), size < 64 ? size : 64);
			made->bytes[size - 1] = (unsigned char)(size & 255) + SOUND(0, i == 77);
			old = __atomic_exchange_n(&table[state >> 32 & (SLOTS - 1)], made, __ATOMIC_ACQ_REL);
			if (!old)
				continue;
			wrong += old->bytes[0] != (old->size & 255) || old->bytes[old->size - 1] != (old->size & 255);
			free(old);
		}
	}
	for (int i = 0; i < SLOTS; i++) {
		if (table[i])
			wrong += table[i]->bytes[table[i]->size - 1] != (table[i]->size & 255);
		free(table[i]);
	}
	CHECK(wrong == 0);
	return checked();
}
