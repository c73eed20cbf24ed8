// SPDX-License-Identifier: Apache-2.0
// suite: clang
// calloc zeroes, the aligned forms align, sizes are kept, the impossible is refused.
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include "check.h"

static volatile size_t impossible = (size_t)1 << 60;
// Without it compilers may leave out calls of which nothing is used.
static void *volatile seen;

int main(void)
{
#pragma omp parallel
	{
		// clang takes for granted that malloc leaves errno alone.
		volatile int *error = &errno;

		for (size_t size = 1; size < 200000; size = size * 3 + 1) {
			char *zero = malloc(size), *text;
			void *aligned = NULL;
			size_t dirty = 0;

			memset(zero, 0x55, size);
			free(zero);
			zero = calloc(size, 3);
			for (size_t i = 0; i < 3 * size; i++)
				dirty += zero[i] != 0;
			CHECK(dirty == 0);
			CHECK(malloc_usable_size(zero) >= SOUND(3 * size, 1000 * size));
			free(zero);
			for (size_t alignment = 16; alignment <= 65536; alignment *= 8) {
				CHECK(posix_memalign(&aligned, alignment, size) == 0 && (uintptr_t)aligned % alignment == 0);
				memset(aligned, 1, size);
				free(aligned);
				aligned = aligned_alloc(alignment, size * alignment);
				CHECK((uintptr_t)aligned % alignment == 0);
				free(aligned);
				aligned = memalign(alignment, size);
				CHECK((uintptr_t)aligned % alignment == 0);
				aligned = realloc(aligned, 2 * size);
				CHECK(((char *)aligned)[size - 1] == ((char *)aligned)[size - 1]);
				free(aligned);
			}
			aligned = valloc(size);
			CHECK((uintptr_t)aligned % (size_t)getpagesize() == 0);
			free(aligned);
			aligned = reallocarray(NULL, size, 7);
			CHECK(malloc_usable_size(aligned) >= 7 * size);
			free(aligned);
			text = strdup("lagoon");
			CHECK(strcmp(text, "lagoon") == 0);
			free(text);
			free(malloc(0));
			free(NULL);
			*error = 0;
			CHECK((seen = malloc(impossible)) == NULL && *error == ENOMEM);
			CHECK((seen = calloc(impossible, 64)) == NULL);
			CHECK((seen = reallocarray(NULL, impossible, 64)) == NULL);
		}
	}
	return checked();
}
