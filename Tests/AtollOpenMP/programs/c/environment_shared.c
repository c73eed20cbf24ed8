// SPDX-License-Identifier: Apache-2.0
// suite: clang
// setenv, putenv and unsetenv in one thread are seen by all.
#include <string.h>
#include "check.h"

int main(void)
{
	CHECK(setenv("SUITE_FIRST", "main", 1) == 0);
#pragma omp parallel
	{
		char value[32];

		CHECK(strcmp(getenv("SUITE_FIRST"), "main") == 0);
#pragma omp barrier
		if (omp_get_thread_num() == 3) {
			setenv("SUITE_FIRST", SOUND("worker", "nobody"), 1);
			setenv("SUITE_SECOND", "new", 0);
			setenv("SUITE_SECOND", "newer", 0);
		}
#pragma omp barrier
		CHECK(getenv("SUITE_FIRST") && strcmp(getenv("SUITE_FIRST"), "worker") == 0);
		CHECK(getenv("SUITE_SECOND") && strcmp(getenv("SUITE_SECOND"), "new") == 0);
#pragma omp barrier
		if (omp_get_thread_num() == 2)
			unsetenv("SUITE_FIRST");
#pragma omp barrier
		CHECK(getenv("SUITE_FIRST") == NULL);
#pragma omp critical
		{
			snprintf(value, sizeof value, "%d", omp_get_thread_num());
			setenv("SUITE_THIRD", value, 1);
			CHECK(strcmp(getenv("SUITE_THIRD"), value) == 0);
		}
	}
	CHECK(system("test \"$SUITE_SECOND\" = new") == 0);
	return checked();
}
