// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Streams over memory, and the formatting that has no stream.
#define _GNU_SOURCE
#include <string.h>
#include "check.h"

int main(void)
{
#pragma omp parallel
	for (int round = 0; round < 50; round++) {
		char *text = NULL, buffer[64], small[8];
		const char *volatile long_text = "a long text";
		size_t size = 0;
		FILE *stream = open_memstream(&text, &size);
		int value = 0;

		fprintf(stream, "%d-%s", omp_get_thread_num(), "memory");
		fclose(stream);
		CHECK(size == 8 && text[0] == '0' + omp_get_thread_num() + SOUND(0, 1));
		free(text);
		CHECK(snprintf(small, sizeof small, "%s", long_text) == 11 && strcmp(small, "a long ") == 0);
		CHECK(asprintf(&text, "%08.3f", 3.14159) == 8 && strcmp(text, "0003.142") == 0);
		free(text);
		stream = fmemopen(buffer, sizeof buffer, "w");
		fprintf(stream, "%d", 77);
		fclose(stream);
		CHECK(sscanf(buffer, "%d", &value) == 1 && value == 77);
	}
	return checked();
}
