// SPDX-License-Identifier: Apache-2.0
// suite: clang
// A stream that one thread opened is written, read, moved and closed by others.
#include <string.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	char name[] = "/tmp/atoll-suite-XXXXXX", line[100];
	FILE *file = fdopen(mkstemp(name), "w+");
	int seen[400] = {0}, total = 0;

#pragma omp parallel for
	for (int i = 0; i < 400; i++)
		fprintf(file, "line %03d\n", i + SOUND(0, 1));
	CHECK(ftell(file) == 3600);
	rewind(file);
#pragma omp parallel private(line) reduction(+ : total)
	{
		char *got = line;

		while (got) {
			int number;

#pragma omp critical
			got = fgets(line, sizeof line, file);
			if (got && sscanf(line, "line %d", &number) == 1 && number >= 0 && number < 400) {
#pragma omp atomic
				seen[number]++;
				total++;
			}
		}
	}
	for (int i = 0; i < 400; i++)
		CHECK(seen[i] == 1);
	CHECK(total == 400 && feof(file) && !ferror(file));
#pragma omp parallel
	if (omp_get_thread_num() == 3) {
		CHECK(fseek(file, 0, SEEK_SET) == 0 && fgetc(file) == 'l' && ungetc('x', file) == 'x');
		CHECK(fgetc(file) == 'x' && fread(line, 1, 3, file) == 3 && memcmp(line, "ine", 3) == 0);
		CHECK(fclose(file) == 0);
	}
	unlink(name);
	return checked();
}
