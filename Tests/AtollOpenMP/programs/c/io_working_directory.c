// SPDX-License-Identifier: Apache-2.0
// suite: clang
// One working directory and one mask of modes for all threads; names that libc keeps in memory of its own.
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "check.h"

int main(void)
{
	char place[] = "/tmp/atoll-suite-XXXXXX";
	struct stat status;

	CHECK(mkdtemp(place) != NULL);
#pragma omp parallel private(status)
	{
		int me = omp_get_thread_num();
		char where[200], name[20], terminal[L_ctermid];

		if (me == 3) {
			CHECK(chdir(place) == 0);
			umask(SOUND(027, 022));
		}
#pragma omp barrier
		CHECK(getcwd(where, sizeof where) == where && strcmp(where, place) == 0);
		snprintf(name, sizeof name, "file%d", me);
		fclose(fopen(name, "w"));
		CHECK(stat(name, &status) == 0 && (status.st_mode & 0777) == 0640);
#pragma omp barrier
		snprintf(name, sizeof name, "file%d", (me + 1) % 4);
		CHECK(unlink(name) == 0);
		CHECK(strcmp(ctermid(NULL), ctermid(terminal)) == 0);
#pragma omp barrier
	}
	CHECK(chdir("/") == 0 && rmdir(place) == 0);
	return checked();
}
