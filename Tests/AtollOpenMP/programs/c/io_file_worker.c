// SPDX-License-Identifier: Apache-2.0
// suite: clang
// Streams opened in workers are read by main, and by one another.
#include <string.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	FILE *files[4];
	char names[4][40], text[20];

#pragma omp parallel
	{
		int me = omp_get_thread_num();

		snprintf(names[me], sizeof names[me], "/tmp/atoll-suite-%d-%d", (int)getpid(), me);
		files[me] = fopen(names[me], "w+");
		CHECK(files[me] != NULL);
		fprintf(files[me], "%d", 100 + me + SOUND(0, 1));
#pragma omp barrier
		fprintf(files[(me + 1) % 4], " %d", 200 + me);
#pragma omp barrier
		setvbuf(files[me], NULL, _IOLBF, 512);
	}
	for (int i = 0; i < 4; i++) {
		int first, second;

		rewind(files[i]);
		CHECK(fscanf(files[i], "%d %d", &first, &second) == 2);
		CHECK(first == 100 + i && second == 200 + (i + 3) % 4);
		CHECK(fgets(text, sizeof text, files[i]) == NULL);
		fclose(files[i]);
		CHECK(unlink(names[i]) == 0 && access(names[i], F_OK) == -1);
	}
	return checked();
}
