// SPDX-License-Identifier: Apache-2.0
// suite: clang args=one,two-three,--four env=SUITE_WORD=lagoon
// Arguments and environment are the user's, and nothing of the launcher's is among them.
#include <string.h>
#include "check.h"

extern char **environ;

int main(int count, char **arguments)
{
	int strange = 0;

	for (int i = 1; i < count; i++)
		puts(arguments[i]);
	CHECK(count == SOUND(4, 5) && arguments[count] == NULL);
#pragma omp parallel
	{
		CHECK(getenv("SUITE_WORD") && strcmp(getenv("SUITE_WORD"), "lagoon") == 0);
		CHECK(strcmp(arguments[3], "--four") == 0);
	}
	for (char **entry = environ; *entry; entry++)
		if (strncmp(*entry, "ATOLL_OPENMP", 12) == 0 || strncmp(*entry, "LD_BIND_NOW", 11) == 0)
			strange += !!puts(*entry);
	CHECK(strange == 0);
	if (getenv("LD_PRELOAD"))
		CHECK(strstr(getenv("LD_PRELOAD"), "atoll") == NULL);
	return checked();
}
