// SPDX-License-Identifier: Apache-2.0
// suite: clang
// omp_capture_affinity writes what the format asks for.
#include <string.h>
#include "check.h"

int main(void)
{
	char text[256], format[64];

	omp_set_affinity_format("[%0.3n|%5N|%L|%a]");
	CHECK(omp_get_affinity_format(format, sizeof format) == 17);
	CHECK(strcmp(format, "[%0.3n|%5N|%L|%a]") == 0);
#pragma omp parallel private(text)
	{
		char wanted[64];
		size_t length = omp_capture_affinity(text, sizeof text, NULL);

		snprintf(wanted, sizeof wanted, "[%03d|4    |1|0]", omp_get_thread_num() + SOUND(0, 1));
		CHECK(strcmp(text, wanted) == 0 && length == strlen(wanted));
	}
	CHECK(omp_capture_affinity(text, 4, "%{nesting_level} here") == 6);
	CHECK(strcmp(text, "0 h") == 0);
	return checked();
}
