// SPDX-License-Identifier: Apache-2.0
// suite: clang library=library_environ.c env=SUITE_GIVEN=before
// The variable `environ`, as a library reads it, has what any thread has set.
#include <string.h>
#include "check.h"

const char *environ_value(const char *name);

static int is(const char *name, const char *value)
{
	const char *found = environ_value(name);

	return value ? found != NULL && strcmp(found, value) == 0 : found == NULL;
}

int main(void)
{
	for (int owner = 0; owner < 4; owner++) {
		char name[32], value[32];

		snprintf(name, sizeof(name), "SUITE_NEW_%d", owner);
		snprintf(value, sizeof(value), "value %d", owner);
#pragma omp parallel num_threads(4)
		{
			CHECK(is("SUITE_GIVEN", SOUND("before", "after")));
			CHECK(is(name, NULL));
#pragma omp barrier
			if (omp_get_thread_num() == owner) {
				CHECK(setenv(name, value, 1) == 0);
				CHECK(putenv("SUITE_PUT=there") == 0);
				CHECK(setenv("SUITE_LAST", value, 1) == 0);
			}
#pragma omp barrier
			CHECK(is(name, value) && is("SUITE_PUT", "there") && is("SUITE_LAST", value));
#pragma omp barrier
			if (omp_get_thread_num() == 3 - owner)
				CHECK(unsetenv("SUITE_PUT") == 0);
#pragma omp barrier
			CHECK(is("SUITE_PUT", NULL));
		}
	}
#pragma omp parallel num_threads(4)
	{
#pragma omp barrier
		if (omp_get_thread_num() == 2)
			CHECK(clearenv() == 0);
#pragma omp barrier
		CHECK(is("SUITE_GIVEN", NULL) && is("SUITE_LAST", NULL));
	}
	CHECK(setenv("SUITE_AGAIN", "yes", 1) == 0);
#pragma omp parallel num_threads(4)
	CHECK(is("SUITE_AGAIN", "yes"));
	return checked();
}
